import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Batch } from '@aws-sdk/client-batch';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { clientConfig, once, type Persistence, persistent, watched } from '../../src/aws/settings.ts';
import { onceAnAttempt, type Silence } from '../../src/aws/silence.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const place = { region: 'us-east-1', credentials };

test('all calls of a client slow down together once AWS says so', async () => {
  const { retryMode } = new Batch(clientConfig(place, persistent)).config;
  expect(typeof retryMode === 'string' ? retryMode : await retryMode()).toBe('adaptive');
});

test.each([
  ['what may be repeated is, for a while', persistent, 8],
  ['what must not be done twice is asked for once', once, 1],
])('%s', async (_, persistence, attempts) => {
  expect(await new Batch(clientConfig(place, persistence)).config.maxAttempts()).toBe(attempts);
});

test('who never answers is given up within two minutes', () => {
  const pauses = 30_000;
  expect(
    persistent.attempts * (persistent.timeouts.answer ?? persistent.timeouts.silence) + pauses,
  ).toBeLessThan(120_000);
});

describe('a service that falls silent', () => {
  let server: Server;
  let endpoint: string;

  /** Half of an answer to one path, and nothing at all to the others. */
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url !== '/v1/describejobs') return;
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"jobs": [');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // A server on a port has such an address.
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const impatient: Persistence = { attempts: 1, timeouts: { silence: 50 } };
  /** Milliseconds: without the limit it would wait for ever. */
  const hung = 20_000;
  const client = () => new Batch(clientConfig({ ...place, endpoint }, impatient));

  test(
    'before it answers is given up',
    async () => {
      await expect(client().listJobs({ jobQueue: 'a' })).rejects.toThrow();
    },
    hung,
  );

  test(
    'is told of before each further attempt, and where it was asked',
    async () => {
      const told: Silence[] = [];
      const settings = { ...place, endpoint, onSilence: (silence: Silence) => void told.push(silence) };
      const asked = watched(new Batch(clientConfig(settings, { ...impatient, attempts: 3 })), settings);
      await expect(asked.listJobs({ jobQueue: 'a' })).rejects.toThrow();
      expect(told).toEqual([2, 3].map((attempt) => ({ service: 'Batch', endpoint, attempt, attempts: 3 })));
    },
    hung,
  );

  test('is told of once by all who wait for the same attempt', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const told: number[] = [];
    const tell = onceAnAttempt(({ attempt }) => void told.push(attempt));
    for (const attempt of [2, 3]) {
      for (let call = 0; call < 3; call += 1) tell({ service: 'S3', endpoint, attempt, attempts: 8 });
      vi.advanceTimersByTime(persistent.timeouts.silence);
    }
    expect(told).toEqual([2, 3]);
  });

  test(
    'in the middle of an answer is given up',
    async () => {
      await expect(client().describeJobs({ jobs: ['a'] })).rejects.toThrow();
    },
    hung,
  );
});
