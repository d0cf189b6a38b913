import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AwsPlace, musterYaml } from './aws-place.ts';

const digest = `sha256:${'9'.repeat(64)}`;

/** A registry that only tells digests, of the tags that it is given; and the tags that it was asked for. */
class Digests implements AsyncDisposable {
  readonly held = new Set<string>();
  readonly asked: string[] = [];
  readonly #server: Server;
  host = '';

  constructor() {
    this.#server = createServer((request, response) => {
      const [, tag = ''] = /^\/v2\/lab\/toy\/manifests\/([^/]+)$/.exec(request.url ?? '') ?? [];
      this.asked.push(tag);
      response.writeHead(this.held.has(tag) ? 200 : 404, { 'docker-content-digest': digest });
      response.end();
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    this.host = `127.0.0.1:${address.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

describe('a launch with a registry', () => {
  let aws: AwsPlace;
  let registry: Digests;
  beforeAll(async () => {
    aws = await AwsPlace.open();
    registry = new Digests();
    await registry.listen();
    aws.place.write('docker/toy/Dockerfile', 'FROM debian:12\n');
    aws.place.write('muster.yaml', musterYaml.replace(/images: .*/, `registry: ${registry.host}/lab`));
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    await aws[Symbol.asyncDispose]();
  });

  test('a plan says what has to be pushed', async () => {
    const text = await aws.place.good('plan', 'toy');
    expect(text).toContain('image `toy` has not been pushed as it stands');
    expect(text).toContain('muster image push toy');
  });

  test('an image that is not there stops it before anything is written', async () => {
    const { code, stderr } = await aws.place.muster('launch', 'toy');
    expect([code, stderr, aws.keys]).toEqual([2, expect.stringContaining('muster image push toy'), []]);
  });

  test('what was pushed for this content and this worker is what jobs run', async () => {
    const [tag = ''] = registry.asked;
    expect(tag).toMatch(/^[0-9a-f]{12}-[0-9a-f]{8}-only-amd64$/);
    registry.held.add(tag);
    // Which would read the image, and here is none.
    await aws.place.good('launch', 'toy', '--no-preflight');
    const [job] = aws.describe(...aws.batch.jobIds);
    expect(job?.container?.image).toBe(`${registry.host}/lab/toy@${digest}`);
  });

  test('a registry that does not answer leaves a plan be, and ends a launch as its trouble', async () => {
    await registry[Symbol.asyncDispose]();
    expect(await aws.place.good('plan', 'toy')).toContain('whether image `toy` has been pushed is unknown');
    const { code, stderr } = await aws.place.muster('launch', 'toy', '--alongside');
    expect([code, stderr]).toEqual([3, expect.stringContaining('the registry does not answer')]);
  });
});
