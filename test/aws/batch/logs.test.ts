import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, test } from 'vitest';
import { LogStreams } from './log-streams.ts';
import { seeded } from './random.ts';
import { credentials, definition, Scene } from './scene.ts';
import { VirtualTimeline } from './timeline.ts';

const logGroupName = '/aws/batch/job';

async function talking(lines: number, raggedPages = false) {
  const at = new Scene({ raggedPages, random: seeded(5) });
  const { id, attempt } = await at.running();
  for (let line = 1; line <= lines; line++) attempt.say(`line ${line}`);
  const logStreamName = (await at.the(id)).container?.logStreamName;
  const client = new CloudWatchLogsClient({
    region: 'us-east-1',
    credentials,
    requestHandler: at.batch.requestHandler,
    maxAttempts: 1,
  });
  const get = async (request: {
    limit?: number;
    startFromHead?: boolean;
    nextToken?: string | undefined;
  }) => {
    const answer = await client.send(new GetLogEventsCommand({ logGroupName, logStreamName, ...request }));
    return { ...answer, lines: answer.events?.map(({ message }) => message) };
  };
  return { at, attempt, client, get };
}

describe('GetLogEvents (AB 8)', () => {
  test('shows the newest lines first, in their order', async () => {
    const { get } = await talking(5);
    expect((await get({ limit: 2 })).lines).toEqual(['line 4', 'line 5']);
    expect((await get({ limit: 2, startFromHead: true })).lines).toEqual(['line 1', 'line 2']);
  });

  test('ends where the token that was sent comes back', async () => {
    const { get } = await talking(3);
    const first = await get({ limit: 2 });
    const second = await get({ limit: 2, nextToken: first.nextBackwardToken });
    expect(second.lines).toEqual(['line 1']);
    const third = await get({ limit: 2, nextToken: second.nextBackwardToken });
    expect(third.lines).toEqual([]);
    expect(third.nextBackwardToken).toBe(second.nextBackwardToken);
  });

  test('goes on forwards when more was said', async () => {
    const { get, attempt } = await talking(1);
    const { nextForwardToken } = await get({ startFromHead: true });
    expect((await get({ startFromHead: true, nextToken: nextForwardToken })).lines).toEqual([]);
    attempt.say('more');
    expect((await get({ startFromHead: true, nextToken: nextForwardToken })).lines).toEqual(['more']);
  });

  test('may show empty pages although lines are left, and all lines by the end', async () => {
    const { get } = await talking(30, true);
    const pages: (string | undefined)[][] = [];
    let sent: string | undefined;
    for (;;) {
      const { lines = [], nextBackwardToken } = await get({ limit: 2, nextToken: sent });
      if (nextBackwardToken === sent) break;
      pages.unshift(lines);
      sent = nextBackwardToken;
    }
    expect(pages.flat()).toEqual(Array.from({ length: 30 }, (_, line) => `line ${line + 1}`));
    expect(pages.slice(1).some(({ length }) => length === 0)).toBe(true);
  });

  test('comes to an end also where every first look finds an empty page', () => {
    const streams = new LogStreams(new VirtualTimeline(0), () => true);
    streams.open('group', 'stream');
    streams.write('group', 'stream', 'line 1');
    const tokens: (string | undefined)[] = [undefined];
    const lines: number[] = [];
    while (tokens.length < 10 && (tokens.length < 2 || tokens.at(-1) !== tokens.at(-2))) {
      const request = { logGroupName: 'group', logStreamName: 'stream', nextToken: tokens.at(-1) };
      const { events = [], nextBackwardToken } = streams.events(request);
      lines.push(events.length);
      tokens.push(nextBackwardToken);
    }
    expect(lines).toEqual([0, 1, 0, 0]);
  });

  test('has no lines that a container said after its end', async () => {
    const { attempt, get } = await talking(1);
    attempt.exit(0);
    attempt.say('too late');
    expect((await get({})).lines).toEqual(['line 1']);
  });

  test('knows no stream of an attempt that never ran', async () => {
    const { client } = await talking(1);
    const asked = client.send(new GetLogEventsCommand({ logGroupName, logStreamName: 'demo/default/0' }));
    await expect(asked).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('finds the lines in the group that the definition names', async () => {
    const { at, client } = await talking(0);
    const options = { 'awslogs-group': '/muster' };
    await at.register({
      containerProperties: {
        ...definition().containerProperties,
        logConfiguration: { logDriver: 'awslogs', options },
      },
    });
    const { id, attempt } = await at.running({ jobDefinition: 'demo:2' });
    attempt.say('here');
    const logStreamName = (await at.the(id)).container?.logStreamName;
    const there = await client.send(new GetLogEventsCommand({ logGroupName: '/muster', logStreamName }));
    expect(there.events).toMatchObject([{ message: 'here' }]);
    const elsewhere = client.send(new GetLogEventsCommand({ logGroupName, logStreamName }));
    await expect(elsewhere).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
