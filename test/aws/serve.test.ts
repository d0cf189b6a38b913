import { BatchClient, ListJobsCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, test } from 'vitest';
import { credentials, job, Scene } from './batch/scene.ts';

async function served(scene: Scene) {
  const { url, close } = await scene.batch.serve();
  const config = { region: 'us-east-1', credentials, endpoint: url, maxAttempts: 1 };
  const batch = new BatchClient(config);
  const logs = new CloudWatchLogsClient(config);
  return {
    batch,
    logs,
    [Symbol.asyncDispose]: () => {
      batch.destroy();
      logs.destroy();
      return close();
    },
  };
}

describe('The reference Batch over HTTP', () => {
  test('answers as it does within a process', async () => {
    const at = new Scene();
    await using over = await served(at);
    const { jobId } = await over.batch.send(new SubmitJobCommand(job()));
    at.pass();
    const listed = await over.batch.send(new ListJobsCommand({ jobQueue: 'queue' }));
    expect(listed.jobSummaryList).toMatchObject([{ jobId, status: 'RUNNING' }]);
  });

  test('refuses by the names that the SDK knows', async () => {
    await using over = await served(new Scene());
    const refused = over.batch.send(new SubmitJobCommand({ ...job(), jobQueue: 'other' }));
    await expect(refused).rejects.toMatchObject({ name: 'ClientException' });
  });

  test('shows the log streams at the same address', async () => {
    const at = new Scene();
    await using over = await served(at);
    const { id, attempt } = await at.running();
    attempt.say('hello');
    const logStreamName = (await at.the(id)).container?.logStreamName;
    const log = new GetLogEventsCommand({ logGroupName: '/aws/batch/job', logStreamName });
    expect((await over.logs.send(log)).events).toMatchObject([{ message: 'hello' }]);
  });

  test('breaks the connection where a fault does', async () => {
    const at = new Scene({ faults: () => 'lost-answer' });
    await using over = await served(at);
    const lost = over.batch.send(new SubmitJobCommand(job()));
    await expect(lost).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(at.batch.jobIds).toHaveLength(1);
  });
});
