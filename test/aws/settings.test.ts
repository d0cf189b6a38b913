import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Batch } from '@aws-sdk/client-batch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientConfig, once, type Persistence, persistent } from '../../src/aws/settings.ts';

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
    'in the middle of an answer is given up',
    async () => {
      await expect(client().describeJobs({ jobs: ['a'] })).rejects.toThrow();
    },
    hung,
  );
});
