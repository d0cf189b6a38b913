import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { instanceOf } from '../../src/worker/instance.ts';

const onBatch = { AWS_BATCH_CE_NAME: 'spot' };

/** What the metadata service of an instance answers; `undefined`: nothing, ever. */
async function metadata(answers: (path: string, request: IncomingMessage) => string | number | undefined) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = answers(path, request);
    if (answer === undefined) return;
    response.statusCode = typeof answer === 'number' ? answer : 200;
    response.end(typeof answer === 'number' ? '' : answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // a TCP server's address
  return { source: { address: `http://127.0.0.1:${port}`, milliseconds: 300 }, asked };
}

const instance = (path: string, { method, headers }: IncomingMessage) => {
  if (path === '/latest/api/token') return method === 'PUT' ? 'secret' : 405;
  if (headers['x-aws-ec2-metadata-token'] !== 'secret') return 401;
  if (path.endsWith('/instance-type')) return 'c7a.4xlarge\n';
  if (path.endsWith('/availability-zone')) return 'us-west-2b';
  return path.endsWith('/instance-life-cycle') ? 'spot' : 404;
};

describe('a worker on AWS Batch', () => {
  test('learns type, zone and capacity of its instance', async () => {
    const { source } = await metadata(instance);
    expect(await instanceOf(onBatch, source)).toEqual({
      type: 'c7a.4xlarge',
      zone: 'us-west-2b',
      capacity: 'spot',
    });
  });

  test('does without what the service does not tell', async () => {
    const { source } = await metadata((path, request) =>
      path.endsWith('/instance-type') || path.endsWith('/token') ? instance(path, request) : 404,
    );
    expect(await instanceOf(onBatch, source)).toEqual({ type: 'c7a.4xlarge' });
  });

  test('does without a service that never answers', async () => {
    const { source } = await metadata(() => undefined);
    expect(await instanceOf(onBatch, source)).toBeUndefined();
  });

  test('does without a service that is not there', async () => {
    expect(await instanceOf(onBatch, { address: 'http://127.0.0.1:1', milliseconds: 300 })).toBeUndefined();
  });

  test('believes no page of somebody else', async () => {
    const { source } = await metadata(() => '<html>');
    expect(await instanceOf(onBatch, source)).toBeUndefined();
  });
});

test('a worker elsewhere asks nobody', async () => {
  const { source, asked } = await metadata(instance);
  expect(await instanceOf({}, source)).toBeUndefined();
  expect(asked).toEqual([]);
});
