import { SecretValue } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { makeRole } from './access.ts';
import { trustService } from './trust.ts';

/**
 * Starts the workflow `watch` when a job of ours ends, so that a run is published within a minute or two. A dispatch of that
 * workflow, not of the repository: that would need a token that may write contents.
 */
export class Events extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { name }: Settings,
    { repository, branch }: NonNullable<Settings['github']>,
    { secret }: NonNullable<Settings['events']>,
    queues: readonly string[],
  ) {
    super(scope, id);
    const token = SecretValue.secretsManager(secret, { jsonField: 'token' }).unsafeUnwrap();
    const connection = new events.CfnConnection(this, 'GitHub', {
      ...{ name: `${name}-github`, authorizationType: 'API_KEY' },
      authParameters: {
        apiKeyAuthParameters: { apiKeyName: 'Authorization', apiKeyValue: `Bearer ${token}` },
      },
    });
    const destination = new events.CfnApiDestination(this, 'Watch', {
      ...{ name: `${name}-watch`, connectionArn: connection.attrArn, httpMethod: 'POST' },
      invocationEndpoint: `https://api.github.com/repos/${repository}/actions/workflows/watch.yml/dispatches`,
      // Whatever comes at once, one look sees it all.
      invocationRateLimitPerSecond: 1,
    });
    const role = makeRole(this, `${name}-events`, trustService('events.amazonaws.com'), [
      {
        ...{ Sid: 'StartWatch', Effect: 'Allow' },
        ...{ Action: ['events:InvokeApiDestination'], Resource: [destination.attrArn] },
      },
    ]);
    new events.CfnRule(this, 'Ended', {
      name: `${name}-job-ended`,
      eventPattern: endedJobs(queues),
      targets: [
        {
          ...{ id: 'watch', arn: destination.attrArn, roleArn: role.attrArn },
          input: JSON.stringify({ ref: branch }),
          httpParameters: { headerParameters: { Accept: 'application/vnd.github+json' } },
          // The schedule comes anyway.
          retryPolicy: { maximumEventAgeInSeconds: 600, maximumRetryAttempts: 3 },
        },
      ],
    });
  }
}

/** Whole arrays and single jobs, not the children of arrays: these have an index [MEM]. */
const endedJobs = (queues: readonly string[]) => ({
  ...{ source: ['aws.batch'], 'detail-type': ['Batch Job State Change'] },
  detail: {
    ...{ status: ['SUCCEEDED', 'FAILED'], jobQueue: queues },
    arrayProperties: { index: [{ exists: false }] },
  },
});
