import { describe, expect, test } from 'vitest';
import { shippedPrices } from '../../src/money/prices.ts';
import type { PreflightFacts } from '../../src/preflight/gather.ts';
import { judgeAll } from '../../src/preflight/judge.ts';
import type { ImageFacts } from '../../src/preflight/surroundings/image-content.ts';
import type { RoleFacts } from '../../src/preflight/surroundings/roles.ts';
import type { Wanted, WantedClass } from '../../src/preflight/wanted.ts';
import { account, environment, onDemand, queueFacts, wantedClass } from './capacity/scene.ts';
import { endpointNetwork, factsOf, natNetwork } from './network/facts.ts';
import { codesIn, known } from './surroundings/found.ts';

const ours = '123456789012';
const theirs = '210987654321';
const region = 'us-east-1';
const missingRole: RoleFacts['job'] = {
  arn: `arn:aws:iam::${ours}:role/job`,
  state: known({ state: 'missing' }),
};

/** An account in which much is wrong, seen with credentials of some account. */
const seenFrom = (
  credentials: string,
  queues = [queueFacts({ queue: { state: 'DISABLED' } })],
): PreflightFacts => ({
  identity: {
    region,
    caller: known({ account: credentials, arn: `arn:aws:iam::${credentials}:user/me` }),
    aheadSeconds: 0,
  },
  capacity: account({ queues, quotas: { spot: known(1) } }),
  network: factsOf(natNetwork),
  roles: {
    job: missingRole,
    profiles: [{ environment: 'spot-1', profile: 'hosts', state: known({ state: 'missing' }) }],
  },
  images: [],
  storage: { region, inputs: [], logGroup: { name: '/lab', state: known({ state: 'missing' }) } },
});

const judged = (facts: PreflightFacts, more: Partial<Wanted> = {}) =>
  judgeAll(
    facts,
    {
      ...{ aws: { region }, region, grids: [], definitions: [], money: [], probe: false },
      prices: shippedPrices,
      wanted: {
        ...{ classes: [], images: [], inputs: [], logGroup: '/lab', roles: {} },
        queues: facts.capacity.queues.map(({ wanted }) => wanted),
        ...more,
      },
    },
    new Date(shippedPrices.date),
  );

describe('credentials of another account than the queues', () => {
  test('are told of, and nothing of what they cannot see', () => {
    expect(codesIn(judged(seenFrom(theirs)).checks)).toEqual(['account-elsewhere']);
  });

  test('leave what they cannot see with nothing to look at', () => {
    const { checks } = judged(seenFrom(theirs));
    const unseen = checks.filter(({ nothing }) =>
      nothing?.startsWith('The credentials are of another account'),
    );
    expect(new Set(unseen.map(({ group }) => group))).toEqual(
      new Set(['identity', 'network', 'queue', 'fit', 'storage', 'quotas']),
    );
  });

  test('leave images where they are right: in the account of the queues', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const found: ImageFacts['found'] = {
      place: 'ecr',
      repository: { account: ours, region, name: 'toy', digest },
      content: known({ state: 'there', kind: 'index', members: [] }),
    };
    const images: readonly ImageFacts[] = [{ wanted: { name: 'toy', architectures: [] }, found }];
    expect(codesIn(judged({ ...seenFrom(theirs), images }).checks)).toEqual(['account-elsewhere']);
    const foreign = seenFrom(ours, [
      queueFacts({ wanted: { arn: `arn:aws:batch:${region}:${theirs}:job-queue/far` } }),
    ]);
    expect(codesIn(judged({ ...foreign, images }).checks)).toContain('image-in-other-account');
  });

  test('hide only the queues of the other account', () => {
    const wanted = { name: 'far', arn: `arn:aws:batch:${region}:${theirs}:job-queue/far` };
    const far = queueFacts({ wanted, environments: [onDemand()] });
    const near = queueFacts({ queue: { state: 'DISABLED' }, environments: [environment()] });
    const codes = codesIn(judged(seenFrom(ours, [far, near])).checks);
    expect(codes).toContain('account-elsewhere');
    expect(codes).toContain('queue-disabled');
    expect(codes).not.toContain('capacity-differs');
  });
});

test('credentials of the account of the queues see all that is wrong there', () => {
  expect(codesIn(judged(seenFrom(ours)).checks)).toEqual(
    expect.arrayContaining([
      ...[
        'role-missing',
        'instance-profile-missing',
        'queue-disabled',
        'quota-below-maximum',
        'log-group-missing',
      ],
    ]),
  );
});

test('a role is to be in the account of the queues, also where nobody knows whose the credentials are', () => {
  const arn = `arn:aws:iam::${theirs}:role/job`;
  const facts = seenFrom(ours);
  const unknown = { known: false, action: 'sts:GetCallerIdentity', why: 'refused' } as const;
  const identity = { ...facts.identity, caller: unknown };
  const roles = { job: { arn, state: known({ state: 'missing' } as const) }, profiles: [] };
  expect(codesIn(judged({ ...facts, identity, roles }).checks)).toContain('role-of-another-account');
});

test('the network is asked for the registries of images', () => {
  const facts = { ...seenFrom(ours, [queueFacts()]), network: factsOf(endpointNetwork) };
  const classes = [wantedClass({}, { image: 'c4' })];
  const reference = `ghcr.io/lab/c4@sha256:${'a'.repeat(64)}`;
  const images = [{ name: 'c4', reference, architectures: [] }];
  expect(codesIn(judged(facts).checks)).not.toContain('registry-unreachable');
  expect(codesIn(judged(facts, { classes, images }).checks)).toContain('registry-unreachable');
});

test('slices on each type are told of a grid, with credentials of its account', () => {
  const fitsOf = (facts: PreflightFacts, classes: readonly WantedClass[]) => judged(facts, { classes }).fits;
  expect(fitsOf(seenFrom(ours), [wantedClass()])).toMatchObject([{ about: 'grids/toy.yaml, class 0' }]);
  expect(fitsOf(seenFrom(ours), [])).toBeUndefined();
  expect(fitsOf(seenFrom(theirs), [wantedClass()])).toBeUndefined();
});

test('machines that only the environments start have to have a price, too', () => {
  const of = (...types: readonly string[]) => queueFacts({ environments: [environment({ types })] });
  expect(codesIn(judged(seenFrom(ours, [of('c7a', 'm5.large')])).checks)).toContain('price-incomplete');
  expect(codesIn(judged(seenFrom(ours, [of('c7a')])).checks)).not.toContain('price-incomplete');
});
