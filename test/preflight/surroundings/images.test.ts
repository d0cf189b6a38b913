import { ECR } from '@aws-sdk/client-ecr';
import { describe, expect, test } from 'vitest';
import { clientConfig, once } from '../../../src/aws/settings.ts';
import { gatherImages } from '../../../src/preflight/surroundings/images.ts';
import { judgeImages } from '../../../src/preflight/surroundings/judge-images.ts';
import type { WantedImage } from '../../../src/preflight/wanted.ts';
import { codesIn, notDoneIn } from './found.ts';
import { type Reply, refusal, service, settings } from './wire.ts';

const sha = (digit: string) => `sha256:${digit.repeat(64)}`;
const [index, arm, amd, armConfig, amdConfig] = ['0', '1', '2', '3', '4'].map(sha);
const reference = `123456789012.dkr.ecr.us-east-1.amazonaws.com/lab/demo@${index}`;
const wanted: WantedImage = { name: 'demo', reference, architectures: ['arm64', 'amd64'] };

const platform = (architecture: string, os = 'linux') => ({ platform: { architecture, os } });
const manifests: Record<string, unknown> = {
  [String(index)]: {
    manifests: [
      { digest: arm, ...platform('arm64') },
      { digest: amd, ...platform('amd64') },
      // What the builder attests of them.
      { digest: sha('9'), ...platform('unknown', 'unknown') },
    ],
  },
  [String(arm)]: { config: { digest: armConfig }, layers: [] },
  [String(amd)]: { config: { digest: amdConfig }, layers: [] },
};
const labels = { 'dev.muster.worker': '1.0.0' };
const configs: Record<string, unknown> = {
  [String(armConfig)]: { architecture: 'arm64', config: { Labels: labels } },
  [String(amdConfig)]: { architecture: 'amd64', config: { Labels: labels } },
};

interface Registry {
  readonly manifests?: Record<string, unknown>;
  readonly configs?: Record<string, unknown>;
  readonly failure?: { readonly failureCode: string; readonly failureReason?: string };
  /** Instead of an answer. */
  readonly replies?: Readonly<Record<string, Reply>>;
  readonly status?: string;
}

/** ECR as AB 6.1 and 6.3 have it. */
function registry(content: Registry = {}) {
  const asked: { readonly operation: string; readonly input: object }[] = [];
  const requestHandler = service((operation, input) => {
    asked.push({ operation, input });
    const reply = content.replies?.[operation];
    if (reply !== undefined) return reply;
    if (operation === 'DescribeImages') return { body: { imageDetails: [{ imageStatus: content.status }] } };
    const { imageIds = [], layerDigest } = input as {
      imageIds?: { imageDigest: string }[];
      layerDigest?: string;
    };
    if (operation === 'GetDownloadUrlForLayer')
      return { body: { downloadUrl: `https://layers/${layerDigest}` } };
    const known = content.manifests ?? manifests;
    const found = imageIds.filter(({ imageDigest }) => known[imageDigest] !== undefined);
    const lacking = imageIds.filter(({ imageDigest }) => known[imageDigest] === undefined);
    return {
      body: {
        images: found.map(({ imageDigest }) => ({
          imageId: { imageDigest },
          imageManifest: JSON.stringify(known[imageDigest]),
        })),
        failures: lacking.map((imageId) => ({
          imageId,
          ...(content.failure ?? { failureCode: 'ImageNotFound' }),
        })),
      },
    };
  });
  const ecr = new ECR(clientConfig({ ...settings, requestHandler }, once));
  const fetch = async (url: string) => {
    const text = (content.configs ?? configs)[url.replace('https://layers/', '')];
    return {
      ok: text !== undefined,
      status: text === undefined ? 403 : 200,
      text: async () => JSON.stringify(text),
    };
  };
  return { asked, ecr, fetch };
}

async function look(content: Registry = {}, image = wanted) {
  const { asked, ecr, fetch } = registry(content);
  const facts = await gatherImages({ ecr }, [image], { region: 'us-east-1', fetch });
  const checks = judgeImages(facts, { region: 'us-east-1', account: '123456789012' });
  return { asked, facts, codes: codesIn(checks), notDone: notDoneIn(checks) };
}

describe('an image of ECR', () => {
  test('is right with both members and the worker in each', async () => {
    expect(await look()).toMatchObject({ codes: [], notDone: [] });
  });

  test('is asked for with every media type, in its own account, by its digest', async () => {
    const { asked } = await look();
    expect(asked.find(({ operation }) => operation === 'BatchGetImage')?.input).toEqual({
      registryId: '123456789012',
      repositoryName: 'lab/demo',
      imageIds: [{ imageDigest: index }],
      acceptedMediaTypes: expect.arrayContaining([
        'application/vnd.oci.image.index.v1+json',
        'application/vnd.docker.distribution.manifest.list.v2+json',
        'application/vnd.oci.image.manifest.v1+json',
        'application/vnd.docker.distribution.manifest.v2+json',
        'application/vnd.docker.distribution.manifest.v1+json',
      ]),
    });
  });

  test('costs five calls for two architectures', async () => {
    const { asked } = await look();
    expect(asked.map(({ operation }) => operation).toSorted()).toEqual([
      'BatchGetImage',
      'BatchGetImage',
      'DescribeImages',
      'GetDownloadUrlForLayer',
      'GetDownloadUrlForLayer',
    ]);
  });

  test('that nobody wants in an architecture is not read there', async () => {
    const { asked, codes } = await look({}, { ...wanted, architectures: ['arm64'] });
    expect(codes).toEqual([]);
    expect(asked.filter(({ operation }) => operation === 'GetDownloadUrlForLayer')).toHaveLength(1);
  });

  test('without a grid is read in every architecture that queues may have', async () => {
    const bare = { ...configs, [String(amdConfig)]: { architecture: 'amd64' } };
    expect((await look({ configs: bare }, { ...wanted, architectures: [] })).codes).toEqual([
      'image-without-worker',
    ]);
  });

  test('does not count what builders attest as an architecture', async () => {
    const { facts } = await look();
    expect(facts[0]?.found).toMatchObject({
      content: { value: { members: [{ architecture: 'arm64' }, { architecture: 'amd64' }] } },
    });
  });

  test('of one architecture tells it in its configuration', async () => {
    const single = { manifests: { [String(index)]: { config: { digest: amdConfig }, layers: [] } } };
    expect((await look(single)).codes).toEqual(['image-architecture-missing']);
    expect((await look(single, { ...wanted, architectures: ['amd64'] })).codes).toEqual([]);
  });

  test('whose member is not there was pushed without it', async () => {
    const { [String(arm)]: _, ...without } = manifests;
    expect((await look({ manifests: without })).codes).toEqual(['image-architecture-missing']);
  });

  test('whose index names the wrong architecture is found', async () => {
    const swapped = { ...configs, [String(armConfig)]: configs[String(amdConfig)] };
    expect((await look({ configs: swapped })).codes).toEqual(['image-architecture-false']);
  });

  test.each([
    [{ architecture: 'amd64' }],
    [{ architecture: 'amd64', config: null }],
    [{ architecture: 'amd64', config: { Labels: null, Entrypoint: ['/bin/sh'] } }],
  ])('without the worker is found: %j', async (config) => {
    const bare = { ...configs, [String(amdConfig)]: config };
    expect((await look({ configs: bare })).codes).toEqual(['image-without-worker']);
  });

  test('that starts the worker holds it, whatever its labels', async () => {
    const started = { architecture: 'amd64', config: { Entrypoint: ['/muster/node', '/muster/worker.mjs'] } };
    expect((await look({ configs: { ...configs, [String(amdConfig)]: started } })).codes).toEqual([]);
  });

  test.each([
    [{ failureCode: 'ImageNotFound' }, 'image-missing'],
    [{ failureCode: 'KmsError', failureReason: 'gone' }, 'image-withheld'],
    [{ failureCode: 'ImageInaccessible' }, 'image-withheld'],
  ])('may fail with HTTP 200: %j', async (failure, code) => {
    expect((await look({ manifests: {}, failure })).codes).toEqual([code]);
  });

  test('of the first version of manifests cannot be pulled', async () => {
    const old = { [String(index)]: { schemaVersion: 1, architecture: 'amd64' } };
    expect((await look({ manifests: old })).codes).toEqual(['image-withheld']);
  });

  test('whose repository is not there gives one finding', async () => {
    const gone = refusal('RepositoryNotFoundException');
    const { codes, notDone } = await look({ replies: { BatchGetImage: gone, DescribeImages: gone } });
    expect(codes).toEqual(['image-repository-missing']);
    expect(notDone).toEqual([]);
  });

  test('that is archived is found', async () => {
    expect((await look({ status: 'ARCHIVED' })).codes).toEqual(['image-archived']);
  });

  test('that may not be read is not judged', async () => {
    const { codes, notDone } = await look({ replies: { BatchGetImage: refusal('AccessDeniedException') } });
    expect(codes).toEqual([]);
    expect(notDone).toEqual(['pushed', 'architectures', 'worker']);
  });

  test('whose layers may not be read is judged by its index', async () => {
    const replies = { GetDownloadUrlForLayer: refusal('AccessDeniedException') };
    const without = { ...manifests, [String(index)]: { manifests: [{ digest: amd, ...platform('amd64') }] } };
    const { codes, notDone } = await look({ replies, manifests: without });
    expect(codes).toEqual(['image-architecture-missing']);
    expect(notDone).toEqual(['architectures', 'worker']);
  });

  test.each([[{}], [{ ...configs, [String(amdConfig)]: 'no configuration' }]])(
    'whose configuration cannot be had is not judged inside: %j',
    async (had) => {
      const { codes, notDone } = await look({ configs: had });
      expect(codes).toEqual([]);
      expect(notDone).toEqual(['architectures', 'worker']);
    },
  );

  test('that is no manifest at all is not judged', async () => {
    expect(await look({ manifests: { [String(index)]: 7 } })).toMatchObject({
      codes: [],
      notDone: ['pushed', 'architectures', 'worker'],
    });
  });
});

describe('an image elsewhere', () => {
  const far = { ...wanted, reference: reference.replace('us-east-1', 'eu-west-1') };

  test('in another region is asked for there', async () => {
    const { ecr, fetch } = registry();
    const asked: string[] = [];
    const ecrIn = (region: string) => {
      asked.push(region);
      return ecr;
    };
    const never = new ECR(
      clientConfig({ ...settings, requestHandler: service(() => refusal('ImageNotFoundException')) }, once),
    );
    const facts = await gatherImages({ ecr: never }, [far], { region: 'us-east-1', fetch, ecrIn });
    expect(asked).toEqual(['eu-west-1']);
    expect(codesIn(judgeImages(facts, { region: 'us-east-1' }))).toEqual(['image-in-other-region']);
  });

  test('in another region is not judged inside where nobody can ask there', async () => {
    const { codes, notDone, asked } = await look({}, far);
    expect(asked).toEqual([]);
    expect(codes).toEqual(['image-in-other-region']);
    expect(notDone).toEqual(['pushed', 'architectures', 'worker']);
  });

  test('in a registry that nobody reads is not judged', async () => {
    const other = { ...wanted, reference: `ghcr.io/lab/demo@${index}` };
    expect((await look({}, other)).notDone).toEqual(['pushed', 'architectures', 'worker']);
  });

  test('that nobody has pushed is asked for nowhere', async () => {
    const { reference: _, ...unpushed } = wanted;
    const { asked, codes } = await look({}, unpushed);
    expect(asked).toEqual([]);
    expect(codes).toEqual(['image-unpushed']);
  });
});
