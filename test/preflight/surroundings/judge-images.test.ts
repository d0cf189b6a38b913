import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/aws/answer.ts';
import type {
  FoundImage,
  ImageContent,
  ImageFacts,
  Inside,
  Member,
} from '../../../src/preflight/surroundings/image-content.ts';
import { judgeImages } from '../../../src/preflight/surroundings/judge-images.ts';
import { codesIn, idleIn, known, notDoneIn, refused, theOne } from './found.ts';

const home = { region: 'us-east-1', account: '123456789012' };
const digest = `sha256:${'a'.repeat(64)}`;
const reference = `123456789012.dkr.ecr.us-east-1.amazonaws.com/demo@${digest}`;
const repository = { account: home.account, region: home.region, name: 'demo', digest };

const member = (architecture: string, inside: Partial<Inside> = {}): Member => ({
  architecture,
  inside: known({ architecture, hasWorker: true, ...inside }),
});
const index = (...members: readonly Member[]) =>
  known<ImageContent>({ state: 'there', kind: 'index', members });
const both = index(member('arm64'), member('amd64'));

function ecr(content: Answer<ImageContent> = both, more: object = {}): ImageFacts {
  const found: FoundImage = { place: 'ecr', repository, content, status: known('ACTIVE'), ...more };
  return { wanted: { name: 'demo', reference, architectures: ['arm64', 'amd64'] }, found };
}
const judged = (...images: readonly ImageFacts[]) => judgeImages(images, home);
const found = (content: Answer<ImageContent>, more: object = {}) => codesIn(judged(ecr(content, more)));

describe('an image', () => {
  test('is right with both architectures, the worker inside, beside its queues', () => {
    expect(codesIn(judged(ecr()))).toEqual([]);
    expect(notDoneIn(judged(ecr()))).toEqual([]);
  });

  test('is pulled from another registry as well', () => {
    const facts: ImageFacts = { ...ecr(), found: { place: 'registry', content: both } };
    expect(codesIn(judged(facts))).toEqual([]);
  });

  test('is nothing to look at where none is used', () => {
    expect(idleIn(judged())).toEqual(['pushed', 'architectures', 'worker', 'home']);
  });

  test('that nobody has pushed gives one finding, with the command that pushes it', () => {
    const facts: ImageFacts = {
      wanted: { name: 'demo', architectures: ['arm64'] },
      found: { place: 'nowhere' },
    };
    expect(codesIn(judged(facts))).toEqual(['image-unpushed']);
    expect(theOne(judged(facts), 'image-unpushed').fix).toBe('muster image push demo');
    expect(notDoneIn(judged(facts))).toEqual([]);
  });

  test.each([
    ['image-missing', known<ImageContent>({ state: 'missing' })],
    ['image-without-worker', index(member('arm64', { hasWorker: false }), member('amd64'))],
  ] as const)('%s: where muster.yaml names no registry, that comes before the push', (code, content) => {
    const { wanted, found: where } = ecr(content);
    const checks = judged({ wanted: { ...wanted, homeless: true }, found: where });
    expect(theOne(checks, code).fix).toMatch(
      /^Name a registry in muster\.yaml .*, then: muster image push demo$/,
    );
  });

  test('in another region is told of its new registry once, also where none is named yet', () => {
    const { wanted, found: where } = ecr(both, { repository: { ...repository, region: 'eu-west-1' } });
    const { fix } = theOne(
      judged({ wanted: { ...wanted, homeless: true }, found: where }),
      'image-in-other-region',
    );
    expect(fix).not.toContain('Name a registry');
  });

  const nowhere = (wanted: Partial<ImageFacts['wanted']>): ImageFacts => ({
    wanted: { name: 'demo', architectures: ['arm64'], ...wanted },
    found: { place: 'nowhere' },
  });
  const wrap = 'muster image wrap ghcr.io/lab/model@sha256:1';

  test('that nobody has pushed says why, and what pushes it, as who resolved it learned', () => {
    const lack = { kind: 'not-pushed', message: 'it has no worker yet', fix: `Push it: ${wrap}` } as const;
    expect(theOne(judged(nowhere({ lack })), 'image-unpushed')).toMatchObject({
      seen: 'it has no worker yet',
      fix: `Push it: ${wrap}`,
    });
  });

  test('of a registry that does not answer is not known to be missing', () => {
    const lack = { kind: 'unknown', message: 'ghcr.io is away', fix: 'Mend that.' } as const;
    const checks = judged(nowhere({ lack }));
    expect(codesIn(checks)).toEqual([]);
    expect(notDoneIn(checks)).toEqual(['pushed', 'architectures', 'worker']);
    expect(checks[0]?.notDone).toEqual([{ action: 'registry:GetManifest', why: 'ghcr.io is away' }]);
  });

  test.each([
    ['that nobody has pushed', nowhere({})],
    ['that is not there', ecr(known({ state: 'missing' }))],
  ])('%s has no inside to be right or wrong', (_, facts) => {
    expect(idleIn(judged(facts))).toEqual(expect.arrayContaining(['architectures', 'worker']));
    expect(idleIn(judged(facts, ecr()))).toEqual([]);
  });

  test('outside ECR is in no region', () => {
    expect(idleIn(judged({ ...ecr(), found: { place: 'registry', content: both } }))).toEqual(['home']);
  });

  test.each([
    ['is pushed from its folder', {}, 'muster image push demo'],
    [
      'that muster.yaml pins needs a new pin',
      { pinned: true },
      'write its new digest as `images.demo` in muster.yaml',
    ],
    [
      'that a grid names needs another digest there',
      { name: reference },
      'write its new digest as `image` in the grid',
    ],
    ['that was wrapped is wrapped again', { name: 'ghcr.io/lab/model@sha256:1' }, wrap],
  ] as const)('that is missing and %s', (_, wanted, fix) => {
    const { wanted: usual, found: content } = ecr(known({ state: 'missing' }));
    const checks = judged({ wanted: { ...usual, ...wanted }, found: content });
    expect(theOne(checks, 'image-missing').fix).toContain(fix);
  });

  test.each([
    ['from its folder', {}, 'muster image push demo'],
    ['by its reference', { name: reference }, `muster image wrap ${reference}`],
    ['and pinned anew', { pinned: true }, `muster image wrap ${reference}, and write the digest`],
  ] as const)('without the worker gets it %s', (_, wanted, fix) => {
    const { wanted: usual, found: content } = ecr(
      index(member('arm64', { hasWorker: false }), member('amd64')),
    );
    const checks = judged({ wanted: { ...usual, ...wanted }, found: content });
    expect(theOne(checks, 'image-without-worker').fix).toContain(fix);
  });

  test.each([
    [{ state: 'no-repository' }, 'image-repository-missing'],
    [{ state: 'missing' }, 'image-missing'],
    [{ state: 'withheld', reason: 'KmsError: the key is gone' }, 'image-withheld'],
  ] as const)('that cannot be pulled gives one finding: %j', (content, code) => {
    expect(found(known(content))).toEqual([code]);
  });

  test.each(['ARCHIVED', 'ACTIVATING'])('that is %s cannot be pulled', (status) => {
    expect(found(both, { status: known(status) })).toEqual(['image-archived']);
  });

  test('whose status nobody tells is taken as active', () => {
    expect(found(both, { status: known(undefined) })).toEqual([]);
  });

  test('that is archived is restored by a whole command', () => {
    const [fix] = [theOne(judged(ecr(both, { status: known('ARCHIVED') })), 'image-archived').fix];
    expect(fix).toBe(
      `aws ecr update-image-storage-class --region us-east-1 --registry-id 123456789012 --repository-name demo --image-id imageDigest=${digest} --target-storage-class STANDARD`,
    );
  });

  test('lacks an architecture of its queues', () => {
    const checks = judged(ecr(index(member('amd64'))));
    expect(codesIn(checks)).toEqual(['image-architecture-missing']);
    expect(theOne(checks, 'image-architecture-missing')).toMatchObject({
      seen: 'its index has amd64; its queues need arm64, amd64',
      fix: 'muster image push demo',
    });
  });

  test('of one architecture alone lacks the other', () => {
    const content = known<ImageContent>({ state: 'there', kind: 'manifest', members: [member('amd64')] });
    expect(theOne(judged(ecr(content)), 'image-architecture-missing').seen).toContain(
      'it is a single image for amd64',
    );
  });

  test('may have more architectures than are needed', () => {
    expect(found(index(member('arm64'), member('amd64'), { architecture: 's390x' }))).toEqual([]);
  });

  test('whose index lists what the registry does not have lacks it', () => {
    const checks = judged(ecr(index(member('amd64'), { architecture: 'arm64', lost: true })));
    expect(codesIn(checks)).toEqual(['image-architecture-missing']);
    expect(theOne(checks, 'image-architecture-missing').seen).toContain(
      'lists arm64, which the registry does not have',
    );
  });

  test('is of another architecture than its index says', () => {
    const checks = judged(ecr(index(member('amd64'), member('arm64', { architecture: 'amd64' }))));
    expect(codesIn(checks)).toEqual(['image-architecture-false']);
    // One architecture alone would be pushed, and never joined.
    expect(theOne(checks, 'image-architecture-false').fix).toBe('muster image push demo');
  });

  test('without the worker is an error, told once for all its architectures', () => {
    const bare = { hasWorker: false };
    const checks = judged(ecr(index(member('arm64', bare), member('amd64', bare))));
    expect(codesIn(checks)).toEqual(['image-without-worker']);
    expect(theOne(checks, 'image-without-worker')).toMatchObject({ severity: 'error' });
    expect(theOne(checks, 'image-without-worker').seen).toContain('(arm64, amd64)');
  });

  test('in another region and account is warned of', () => {
    const elsewhere = { ...repository, region: 'eu-west-1', account: '210987654321' };
    const codes = ['image-in-other-region', 'image-in-other-account'];
    expect(found(both, { repository: elsewhere })).toEqual(codes);
  });

  test('in another region is pushed to a registry beside the queues', () => {
    const checks = judged(ecr(both, { repository: { ...repository, region: 'eu-west-1' } }));
    expect(theOne(checks, 'image-in-other-region').fix).toBe(
      'Write `registry: 123456789012.dkr.ecr.us-east-1.amazonaws.com/PREFIX` in muster.yaml, then: muster image push demo',
    );
  });

  test('is of no other account where nobody knows that of the queues', () => {
    const facts = ecr(both, { repository: { ...repository, account: '210987654321' } });
    expect(codesIn(judgeImages([facts], { region: 'us-east-1' }))).toEqual([]);
  });

  test('that may not be read leaves its checks undone, and other images judged', () => {
    const checks = judged(ecr(refused('ecr:BatchGetImage')), ecr(known({ state: 'missing' })));
    expect(notDoneIn(checks)).toEqual(['pushed', 'architectures', 'worker']);
    expect(codesIn(checks)).toEqual(['image-missing']);
  });

  test('of which one member may not be read is judged by the other', () => {
    const unread = { architecture: 'arm64', inside: refused('ecr:GetDownloadUrlForLayer') };
    const checks = judged(ecr(index(unread, member('amd64', { hasWorker: false }))));
    expect(codesIn(checks)).toEqual(['image-without-worker']);
    expect(notDoneIn(checks)).toEqual(['architectures', 'worker']);
  });

  test('whose status may not be asked is judged otherwise', () => {
    const checks = judged(ecr(both, { status: refused('ecr:DescribeImages') }));
    expect(notDoneIn(checks)).toEqual(['pushed']);
    expect(codesIn(checks)).toEqual([]);
  });
});
