import { describe, expect, test } from 'vitest';
import type { Architecture } from '../../src/image/architecture.ts';
import { imageLabels } from '../../src/image/labels.ts';
import type { IndexEntry, MemberImage, ReadImage } from '../../src/image/read.ts';
import { judgeImage, type WantedContent } from '../../src/image/verify.ts';

const content = { identity: 'a'.repeat(64), worker: 'w'.repeat(64) };
const entrypoint = ['/muster/node', '/muster/worker.mjs'];
const wanted: WantedContent = { architectures: ['arm64', 'amd64'], content, entrypoint };
const alone: WantedContent = { ...wanted, architectures: ['arm64'] };

const image = (architecture: string, changes: Partial<MemberImage> = {}): MemberImage => ({
  ...{ digest: `sha256:${architecture}`, mediaType: 'm', os: 'linux', architecture, size: 1, command: [] },
  ...{ labels: imageLabels({ ...content, title: 'x' }), entrypoint, user: '', workdir: '', ...changes },
});
const entry = (architecture: string, changes: Partial<IndexEntry> = {}): IndexEntry => ({
  ...{ digest: `sha256:${architecture}`, os: 'linux', architecture, image: image(architecture), ...changes },
});
const named = { reference: 'r/demo:one', digest: 'sha256:i', mediaType: 'm' };
const index = (...entries: readonly IndexEntry[]): ReadImage => ({ ...named, kind: 'index', entries });
const single = (changes: Partial<MemberImage> = {}): ReadImage => ({
  ...{ ...named, kind: 'manifest', image: image('arm64', changes) },
});

const judged = (read: ReadImage, what: WantedContent = wanted) =>
  judgeImage(read, what).map(({ code, architecture = '-' }) => `${code} ${architecture}`);

describe('what was read back', () => {
  test('is good when it is what was meant', () => {
    expect(judged(index(entry('arm64'), entry('amd64')))).toEqual([]);
  });

  test('is good as a single image where one architecture is wanted', () => {
    expect(judged(single(), alone)).toEqual([]);
  });

  test('may hold architectures that nobody asked for, whatever they are', () => {
    const other = entry('s390x', { image: image('s390x', { labels: {}, entrypoint: [] }) });
    expect(judged(index(entry('arm64'), entry('amd64'), other))).toEqual([]);
  });

  test('may hold images of Windows for the same architecture', () => {
    const windows = { digest: 'sha256:w', os: 'windows', architecture: 'amd64' };
    expect(judged(index(entry('arm64'), entry('amd64'), windows))).toEqual([]);
  });

  test('may hold two variants of one architecture', () => {
    const arm = (variant: string) => entry('arm', { variant });
    expect(judged(index(entry('arm64'), entry('amd64'), arm('v6'), arm('v7')))).toEqual([]);
  });

  const faults: readonly (readonly [string, ReadImage, WantedContent, readonly string[]])[] = [
    ['something that is no image', { ...named, kind: 'other' }, wanted, ['not-an-image -']],
    ['a plain manifest for two', single(), wanted, ['no-index arm64']],
    ['a plain manifest for an index over one', single(), { ...alone, index: true }, ['no-index arm64']],
    ['one of another architecture', single({ architecture: 'amd64' }), alone, ['architecture-missing arm64']],
    ['an index that lacks one', index(entry('arm64')), wanted, ['architecture-missing amd64']],
    ['an empty index', index(), wanted, ['architecture-missing arm64', 'architecture-missing amd64']],
    [
      'an entry without its member',
      index(entry('arm64'), { digest: 'sha256:gone', os: 'linux', architecture: 'amd64' }),
      wanted,
      ['member-missing amd64'],
    ],
    [
      'two entries of one architecture',
      index(entry('arm64'), entry('amd64'), entry('amd64')),
      wanted,
      ['architecture-twice amd64'],
    ],
    [
      'arm64 once with its variant and once without',
      index(entry('arm64'), entry('arm64', { variant: 'v8' }), entry('amd64')),
      wanted,
      ['architecture-twice arm64'],
    ],
    [
      'an entry whose image is another',
      index(entry('arm64', { image: image('amd64') }), entry('amd64')),
      wanted,
      ['architecture-differs arm64'],
    ],
    [
      'another identity',
      single({ labels: { 'dev.muster.identity': 'b' } }),
      alone,
      ['identity-differs arm64'],
    ],
    [
      'another worker',
      single({ labels: imageLabels({ ...content, worker: 'v', title: 'x' }) }),
      alone,
      ['worker-differs arm64'],
    ],
    ['another entry point', single({ entrypoint: ['/bin/sh'] }), alone, ['entrypoint-differs arm64']],
    [
      'an entry point with more',
      single({ entrypoint: [...entrypoint, 'x'] }),
      alone,
      ['entrypoint-differs arm64'],
    ],
    ['no entry point', single({ entrypoint: [] }), alone, ['entrypoint-differs arm64']],
  ];
  test.each(faults)('%s is told, and nothing that follows from it', (_what, read, what, codes) => {
    expect(judged(read, what)).toEqual(codes);
  });

  test('with several faults tells all', () => {
    const bare = image('amd64', { labels: {}, entrypoint: [] });
    const read = index(entry('arm64', { image: image('amd64') }), entry('amd64', { image: bare }));
    expect(judged(read)).toEqual([
      'architecture-differs arm64',
      'identity-differs amd64',
      'entrypoint-differs amd64',
    ]);
  });

  test('is asked for nothing but its architectures where nothing else matters', () => {
    const architectures: readonly Architecture[] = ['arm64'];
    expect(judged(single({ labels: {}, entrypoint: [] }), { architectures })).toEqual([]);
  });
});
