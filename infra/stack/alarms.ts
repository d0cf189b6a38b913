import { Aws, Fn, RemovalPolicy } from 'aws-cdk-lib';
import * as budgets from 'aws-cdk-lib/aws-budgets';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { accept } from './accept.ts';
import { arn } from './statement.ts';

/** What somebody is told: money, failed jobs, a queue that is blocked. (And a watch that does not come: watchdog.ts.) */
export class Alarms extends Construct {
  readonly topic: string;

  constructor(scope: Construct, id: string, settings: Settings, queues: readonly string[]) {
    super(scope, id);
    this.topic = this.#topic(settings);
    this.#budget(settings);
    this.#failures(settings, queues);
    // AWS Batch sends one when the job at the head of a queue cannot start (AB 4.5): seldom, and always of interest.
    new events.CfnRule(this, 'Blocked', {
      name: `${settings.name}-queue-blocked`,
      eventPattern: { source: ['aws.batch'], 'detail-type': ['Batch Job Queue Blocked'], resources: queues },
      targets: [{ id: 'topic', arn: this.topic }],
    });
  }

  #topic({ name, alarms }: Settings): string {
    const topic = new sns.CfnTopic(this, 'Topic', {
      topicName: `${name}-alarms`,
      ...(alarms.email !== undefined && { subscription: [{ protocol: 'email', endpoint: alarms.email }] }),
    });
    accept(
      topic,
      'AwsSolutions-SNS2',
      'The free key of SNS does not let CloudWatch publish, and messages hold names of jobs only.',
    );
    new sns.CfnTopicPolicy(this, 'Publishers', {
      topics: [topic.ref],
      policyDocument: publishers(topic.ref),
    });
    return topic.ref;
  }

  #budget({ name, alarms }: Settings): void {
    const subscribers = [{ subscriptionType: 'SNS', address: this.topic }];
    const told = (notificationType: string, threshold: number) => ({
      notification: {
        notificationType,
        threshold,
        comparisonOperator: 'GREATER_THAN',
        thresholdType: 'PERCENTAGE',
      },
      subscribers,
    });
    new budgets.CfnBudget(this, 'Budget', {
      budget: {
        ...{ budgetName: `${name}-month`, budgetType: 'COST', timeUnit: 'MONTHLY' },
        budgetLimit: { amount: alarms.monthly_usd, unit: 'USD' },
      },
      notificationsWithSubscribers: [told('ACTUAL', 80), told('FORECASTED', 100)],
    });
  }

  /** Failed jobs are kept as they were told: AWS Batch forgets them after 7 days (AB 2.3). */
  #failures({ name, alarms, logs: { days } }: Settings, queues: readonly string[]): void {
    // Only groups below /aws/events may be written to by rules without a role.
    const logGroupName = `/aws/events/${name}-failed-jobs`;
    const group = new logs.CfnLogGroup(this, 'FailedJobs', { logGroupName, retentionInDays: days });
    group.applyRemovalPolicy(RemovalPolicy.DESTROY);
    new logs.CfnResourcePolicy(this, 'RuleMayLog', {
      policyName: `${name}-failed-jobs`,
      policyDocument: Fn.sub(JSON.stringify(rulesMayLog(arn('logs', `log-group:${logGroupName}:*`)))),
    });
    const rule = new events.CfnRule(this, 'Failed', {
      name: `${name}-failed-jobs`,
      eventPattern: {
        ...{ source: ['aws.batch'], 'detail-type': ['Batch Job State Change'] },
        detail: { status: ['FAILED'], jobQueue: queues },
      },
      targets: [{ id: 'log', arn: Fn.sub(arn('logs', `log-group:${logGroupName}`)) }],
    });
    rule.addResourceDependency(group);
    new cloudwatch.CfnAlarm(this, 'ManyFail', {
      alarmName: `${name}-jobs-fail`,
      alarmDescription: `More than ${alarms.failed_jobs_per_hour} jobs failed within an hour, after all their attempts. Which: log group ${logGroupName}; why: muster status`,
      ...{ namespace: 'AWS/Events', metricName: 'Invocations', statistic: 'Sum' },
      dimensions: [{ name: 'RuleName', value: rule.ref }],
      ...{ period: 3600, evaluationPeriods: 1, threshold: alarms.failed_jobs_per_hour },
      ...{ comparisonOperator: 'GreaterThanThreshold', treatMissingData: 'notBreaching' },
      alarmActions: [this.topic],
    });
  }
}

const publishers = (topic: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Alarms',
      Effect: 'Allow',
      Principal: { Service: ['budgets.amazonaws.com', 'cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
      ...{ Action: 'sns:Publish', Resource: topic },
      // The services on behalf of nobody else's account.
      Condition: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    },
    {
      ...{ Sid: 'OnlyTls', Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sns:Publish', Resource: topic },
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
});

const rulesMayLog = (group: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      ...{ Sid: 'Rules', Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' } },
      ...{ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: group },
      Condition: { StringEquals: { 'aws:SourceAccount': `\${AWS::AccountId}` } },
    },
  ],
});
