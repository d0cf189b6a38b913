import { readFileSync } from 'node:fs';
import { RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { makeRole } from './access.ts';
import { lookAtWatch } from './job-rights.ts';
import { arn, type Things } from './statement.ts';
import { trustService } from './trust.ts';

const code = readFileSync(new URL('watchdog.cjs', import.meta.url), 'utf8');

/** How often it looks, minutes: 2,900 starts a month, far below what is free. */
const everyMinutes = 15;

/** Says that the watch does not come while runs are active: without a server, nothing else would. */
export class Watchdog extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { name, alarms }: Settings,
    things: Things,
    bucket: string,
    topic: string,
  ) {
    super(scope, id);
    const functionName = `${name}-watchdog`;
    const group = new logs.CfnLogGroup(this, 'Logs', {
      ...{ logGroupName: `/aws/lambda/${functionName}`, retentionInDays: 30 },
    });
    group.applyRemovalPolicy(RemovalPolicy.DESTROY);
    const logArn = arn('logs', `log-group:/aws/lambda/${functionName}:log-stream:*`);
    const role = makeRole(
      this,
      functionName,
      trustService('lambda.amazonaws.com'),
      lookAtWatch(things, logArn),
    );
    const made = new lambda.CfnFunction(this, 'Function', {
      ...{ functionName, role: role.attrArn, handler: 'index.handler', runtime: 'nodejs24.x', timeout: 60 },
      ...{ memorySize: 256, architectures: ['arm64'], code: { zipFile: code } },
      environment: {
        variables: {
          ...{
            BUCKET: bucket,
            PREFIX: things.prefix,
            WATCH_MINUTES: String(alarms.watch_minutes),
          },
        },
      },
    });
    made.addResourceDependency(group);
    this.#schedule(name, made);
    new cloudwatch.CfnAlarm(this, 'Unwatched', {
      alarmName: `${name}-watch-is-missing`,
      alarmDescription: `Runs are active and nobody has looked at them for ${alarms.watch_minutes} minutes, or ${functionName} fails. Its log names the runs: ${group.logGroupName}`,
      ...{ namespace: 'AWS/Lambda', metricName: 'Errors', statistic: 'Sum' },
      dimensions: [{ name: 'FunctionName', value: functionName }],
      ...{ period: everyMinutes * 60, evaluationPeriods: 1, threshold: 0 },
      ...{ comparisonOperator: 'GreaterThanThreshold', treatMissingData: 'missing' },
      ...{ alarmActions: [topic], okActions: [topic] },
    });
  }

  #schedule(name: string, { attrArn, ref }: lambda.CfnFunction): void {
    const rule = new events.CfnRule(this, 'Schedule', {
      ...{ name: `${name}-watchdog`, scheduleExpression: `rate(${everyMinutes} minutes)` },
      targets: [{ id: 'watchdog', arn: attrArn }],
    });
    new lambda.CfnPermission(this, 'ByRule', {
      ...{ functionName: ref, action: 'lambda:InvokeFunction' },
      ...{ principal: 'events.amazonaws.com', sourceArn: rule.attrArn },
    });
  }
}
