import { expect, test } from 'vitest';
import { openClients } from '../../../src/engine/aws-batch/clients.ts';
import { logTail } from '../../../src/engine/aws-batch/log-tail.ts';
import { RemoteError } from '../../../src/errors.ts';
import { credentials } from '../../aws/batch/scene.ts';
import { type Scripted, ScriptedAccount } from './scripted-account.ts';

/** Pages from the newest to the oldest; after the last one its own token comes back. */
function pages(...messages: string[][]) {
  return (input: object) => {
    const token = 'nextToken' in input ? Number(input.nextToken) : 0;
    return {
      events: (messages[token] ?? []).map((message) => ({ message, timestamp: 1 })),
      nextBackwardToken: String(Math.min(token + 1, messages.length)),
    };
  };
}

async function tail(answer: Scripted | ((input: object) => Scripted), lines: number) {
  const account = new ScriptedAccount({ 'logs:GetLogEvents': answer }, { handle: () => Promise.reject() });
  const aws = { requestHandler: account.requestHandler, credentials };
  const clients = await openClients({ aws, region: 'us-east-1' });
  const read = () => logTail(clients, { logGroup: '/lab' }, 'stream', lines);
  return { account, read };
}

test('the last lines, oldest first, over pages that may be empty', async () => {
  const { read } = await tail(pages(['d', 'e'], [], ['b', 'c'], ['a']), 4);
  expect(await read()).toEqual(['b', 'c', 'd', 'e']);
});

test('no more than asked for', async () => {
  const { read, account } = await tail(pages(['a', 'b', 'c']), 2);
  expect(await read()).toEqual(['b', 'c']);
  expect(account.actions).toHaveLength(1);
});

test('all there is, when the same token comes back', async () => {
  const { read, account } = await tail(pages(['b'], ['a']), 10);
  expect(await read()).toEqual(['a', 'b']);
  expect(account.actions).toHaveLength(3);
});

test('pages without end are not read for ever', async () => {
  const { read, account } = await tail(pages(...Array.from({ length: 500 }, () => [])), 1);
  expect(await read()).toEqual([]);
  expect(account.actions).toHaveLength(10);
});

test('nothing of a stream that does not exist', async () => {
  const { read } = await tail({ error: 'ResourceNotFoundException', status: 400 }, 5);
  expect(await read()).toEqual([]);
});

test('no lines cost no call', async () => {
  const { read, account } = await tail(pages(['a']), 0);
  expect(await read()).toEqual([]);
  expect(account.actions).toEqual([]);
});

test('what may not be read is said, with the action', async () => {
  const { read } = await tail({ error: 'AccessDeniedException', status: 400 }, 5);
  await expect(read()).rejects.toThrow(RemoteError);
  await expect(read()).rejects.toThrow(/logs:GetLogEvents/);
});
