import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConfigurationError } from '../../src/errors.ts';
import { openStore } from '../../src/store/open.ts';
import { probeConditionalWrites } from '../../src/store/s3/probe.ts';
import { openS3Store } from '../../src/store/s3.ts';
import { absent } from '../../src/store/store.ts';
import * as faults from '../aws/s3/faults.ts';
import { credentials, openPlace, settingsFor } from '../aws/s3/place.ts';
import { ReferenceS3 } from '../aws/s3/reference-s3.ts';

const region = 'us-east-1';

beforeEach(() => {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3']) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
});
afterEach(() => vi.unstubAllEnvs());

describe('a URL of S3', () => {
  test.each([
    ['s3://ens', 's3://ens'],
    ['s3://ens/', 's3://ens'],
    ['s3://ens/lab/2026/', 's3://ens/lab/2026'],
    ['S3://ens/lab', 's3://ens/lab'],
    ['s3://ens.example.org/a b%20c', 's3://ens.example.org/a b%20c'],
  ])('%s is the store %s', async (url, location) => {
    expect((await openStore(url, 'x', { region })).location).toBe(location);
  });

  test.each([
    ['s3://', 'names no bucket'],
    ['s3:///prefix', 'names no bucket'],
    ['s3://En', 'cannot be a bucket'],
    ['s3://a', 'cannot be a bucket'],
    ['s3://my_bucket/x', 'cannot be a bucket'],
    ['s3://a..b', 'cannot be a bucket'],
    ['s3://user@bucket', 'cannot be a bucket'],
    ['s3://192.168.0.1/x', 'is an address'],
    ['s3://fast--use1-az4--x-s3', 'directory bucket'],
    ['s3://ens/x?versionId=1', '"?"'],
    ['s3://ens/x#y', '"#"'],
    ['s3://ens/../x', '".."'],
    ['s3://ens/a//b', 'its prefix has an empty part'],
    ['s3://ens//b', 'its prefix has an empty part'],
  ])('%s is refused: %s', async (url, reason) => {
    const failure = await openStore(url, 'muster.yaml', { region }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(String(failure)).toContain(reason);
  });

  test('a refusal says where the URL was written', async () => {
    await expect(openStore('s3://En', 'muster.yaml', { region })).rejects.toThrow(
      /muster\.yaml: s3:\/\/En is no/,
    );
  });

  test('without any region is refused before anything is asked', async () => {
    await expect(openStore('s3://ens')).rejects.toThrow(/no region is set\n.*muster\.yaml/);
  });

  test('a key may not outgrow 1,024 bytes together with the prefix of the store', async () => {
    const { store } = await openPlace({}, `s3://ens/${'p'.repeat(100)}`);
    await expect(store.get('k'.repeat(923))).resolves.toBeUndefined();
    await expect(store.get('k'.repeat(924))).rejects.toThrow(ConfigurationError);
  });

  test('opens in the console, in the region of the store', async () => {
    const { store } = await openPlace();
    expect(store.url('runs/a b/run.json')).toBe(
      'https://us-east-1.console.aws.amazon.com/s3/object/ens?region=us-east-1&prefix=lab%2Fruns%2Fa%20b%2Frun.json',
    );
  });

  test.each([
    ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
    ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
  ])('in %s opens in the console of its partition', async (region, console) => {
    expect((await openStore('s3://ens', 'x', { region })).url('a')).toContain(console);
  });
});

describe('another service that speaks S3', () => {
  const at = (endpoint: string) => ({ region, credentials, endpoint });

  test('is asked by path, without the newer checksums', async () => {
    const s3 = new ReferenceS3();
    const seen: { readonly path: string; readonly checksums: readonly string[] }[] = [];
    const handler = s3.requestHandler;
    const requestHandler: typeof handler = {
      handle: (request) => {
        const checksums = Object.keys(request.headers).filter((name) => /x-amz-(sdk-)?checksum/i.test(name));
        seen.push({ path: request.path, checksums });
        return handler.handle(request);
      },
    };
    const aws = { ...at('https://s3.lab.example'), requestHandler };
    const store = await openS3Store('s3://ens/lab', { aws });
    await store.put('a', 'x', absent);
    expect(seen.at(-1)).toEqual({ path: '/ens/lab/a', checksums: [] });
  });

  test('is found by the environment', async () => {
    const s3 = new ReferenceS3();
    await using server = await s3.serve();
    vi.stubEnv('AWS_ENDPOINT_URL_S3', server.url);
    const store = await openS3Store('s3://ens', { aws: { region, credentials } });
    expect(await store.put('a b+c', 'over HTTP', absent)).toMatchObject({ outcome: 'written' });
    expect(Buffer.from((await store.get('a b+c'))?.bytes ?? []).toString()).toBe('over HTTP');
  });

  test('is asked once whether it keeps conditions, and cleaned up behind', async () => {
    const s3 = new ReferenceS3();
    const aws = { ...settingsFor(s3), endpoint: 'https://once.example' };
    for (const key of ['a', 'b']) await (await openS3Store('s3://ens', { aws })).put(key, 'x', absent);
    // 2 creates, 2 swaps of the probe (with a look at what is there), then ours.
    expect(s3.counts).toEqual({ PutObject: 6, HeadObject: 1, DeleteObject: 2 });
    expect(s3.shelf().keys()).toEqual(['a', 'b']);
  });

  test('that ignores conditions is refused before anything is written there', async () => {
    const s3 = new ReferenceS3({ conditions: false });
    const aws = { ...settingsFor(s3), endpoint: 'https://liar.example' };
    const store = await openS3Store('s3://ens', { aws });
    const failure = await store.put('state.json', 'x', absent).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(String(failure)).toMatch(/https:\/\/liar\.example cannot hold a store: it wrote over an object/);
    expect(s3.shelf().keys()).not.toContain('state.json');
  });

  test('that does not know conditions is refused, too', async () => {
    const s3 = new ReferenceS3({ faults: faults.always('PutObject', faults.notImplemented) });
    const aws = { ...settingsFor(s3), endpoint: 'https://old.example' };
    const store = await openS3Store('s3://ens', { aws });
    await expect(store.put('a', 'x', absent)).rejects.toThrow(/does not implement conditional writes/);
  });

  test('may be read without a question', async () => {
    const s3 = new ReferenceS3({ conditions: false });
    const aws = { ...settingsFor(s3), endpoint: 'https://read.example' };
    await (await openS3Store('s3://ens', { aws })).get('a');
    expect(s3.counts).toEqual({ GetObject: 1 });
  });
});

describe('the probe', () => {
  test.each([
    ['a create over what is there', { put: 1 }, 'to create one only'],
    ['a swap of an old version', { put: 3 }, 'replaced another version'],
    ['a delete of an old version', { delete: 0 }, 'deleted another version'],
  ] as const)('finds out %s', async (_, lie, words) => {
    const { s3, store } = await openPlace();
    const liar = new ReferenceS3({ conditions: false });
    const lying = (await openPlaceOn(liar)).store;
    let puts = 0;
    const mixed = {
      ...store,
      put: async (...args: Parameters<typeof store.put>) => {
        copy(s3, liar);
        const at = puts++;
        return await ('put' in lie && lie.put === at ? lying : store).put(...args);
      },
      delete: async (...args: Parameters<typeof store.delete>) => {
        copy(s3, liar);
        return await ('delete' in lie ? lying : store).delete(...args);
      },
    };
    await expect(probeConditionalWrites(mixed)).rejects.toThrow(words);
  });

  test('leaves a service in peace whose rights do not suffice to ask', async () => {
    const { store } = await openPlace({ faults: faults.always('PutObject', faults.accessDenied) });
    await expect(probeConditionalWrites(store)).resolves.toBeUndefined();
  });
});

const openPlaceOn = async (s3: ReferenceS3) => ({
  store: await openS3Store('s3://ens/lab', { aws: settingsFor(s3), pause: async () => {} }),
});

function copy(from: ReferenceS3, to: ReferenceS3): void {
  for (const [key, object] of from.shelf().objects) to.shelf().keep(key, object);
}
