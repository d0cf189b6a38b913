import { expect, test } from 'vitest';
import {
  account,
  checkNamed,
  codes,
  environment,
  family,
  findings,
  instanceType,
  judge,
  known,
  onDemand,
  queueFacts,
  refused,
  typeFacts,
  wantedClass,
  withQueue,
} from './scene.ts';

test.each([
  { vcpus: 256, found: [] },
  { vcpus: 255, found: ['quota-below-maximum'] },
])('a Spot quota of $vcpus against maxvCpus of 256: $found', ({ vcpus, found }) => {
  expect(codes(account({ quotas: { spot: known(vcpus) } }))).toEqual(found);
});

test('a quota that is too low is raised by its code, to the sum of the environments', () => {
  const environments = [environment(), environment({ name: 'spot-2', maxVcpus: 64 })];
  expect(findings(withQueue({ environments }, { quotas: { spot: known(300) } }))).toMatchObject([
    {
      severity: 'warning',
      about: expect.stringContaining('L-34B43A08'),
      seen: '300 vCPUs; maxvCpus of spot-1, spot-2 allow 320',
      fix: 'aws service-quotas request-service-quota-increase --region us-east-1 --service-code ec2 --quota-code L-34B43A08 --desired-value 320',
    },
  ]);
});

test('Spot and On-Demand are counted apart', () => {
  const environments = [environment(), onDemand()];
  const wanted = { capacity: 'spot-first' } as const;
  const quotas = { spot: known(256), onDemand: known(5) };
  expect(findings(withQueue({ wanted, environments }, { quotas }))).toMatchObject([
    { code: 'quota-below-maximum', about: expect.stringContaining('L-1216C47A') },
  ]);
});

test('an environment of two queues counts once', () => {
  const queues = [queueFacts(), queueFacts({ wanted: { name: 'other' } })];
  expect(codes(account({ queues, quotas: { spot: known(256) } }))).toEqual([]);
});

test('an environment that takes no slices does not count', () => {
  const environments = [environment(), environment({ name: 'spot-2', state: 'DISABLED' })];
  expect(codes(withQueue({ environments }, { quotas: { spot: known(256) } }))).toEqual([
    'spare-environment-disabled',
  ]);
});

/** A slice of 4 vCPUs, where only instances of 32 can be started. */
const onLargeOnly = (quota: number, types: readonly string[] = ['c7a.8xlarge']) =>
  withQueue(
    { wanted: { instances: types }, environments: [environment({ types, maxVcpus: 32 })] },
    {
      quotas: { spot: known(quota) },
      types: typeFacts([...family('c7a', '8xlarge'), instanceType('g5.8xlarge', { gpus: 1 })]),
    },
  );
const four = [wantedClass({ vcpus: 4, memoryMib: 7000 })];

test.each([
  { quota: 32, found: [] },
  { quota: 31, found: ['quota-below-slice'] },
  { quota: 16, found: ['quota-below-slice'] },
])(
  'a quota of $quota against the 32 vCPUs of the smallest instance for a slice: $found',
  ({ quota, found }) => {
    expect(codes(onLargeOnly(quota), four)).toEqual(found);
  },
);

test('a quota below the smallest instance for a slice is an error that names it', () => {
  expect(findings(onLargeOnly(16), four)).toMatchObject([
    {
      ...{ code: 'quota-below-slice', severity: 'error' },
      seen: '16 vCPUs; one slice in spot-1 asks for 4, and the smallest instance that holds it has 32 (c7a.8xlarge)',
      fix: expect.stringContaining('--desired-value 32'),
    },
  ]);
});

test('a quota is no bar to a slice that may run on a type that another quota counts', () => {
  expect(findings(onLargeOnly(16, ['c7a.8xlarge', 'g5.8xlarge']), four).map(({ code }) => code)).toEqual([
    'quota-below-maximum',
  ]);
});

test('a quota is compared with the slice itself where nobody knows the types', () => {
  const types = refused('ec2:DescribeInstanceTypes');
  const facts = account({ quotas: { spot: known(5) }, types: { types, offered: types } });
  const classes = [wantedClass({ vcpus: 16, memoryMib: 30_000 })];
  expect(findings(facts, classes)).toMatchObject([
    { code: 'quota-below-slice', severity: 'error', seen: '5 vCPUs; one slice in spot-1 asks for 16' },
  ]);
});

test('a quota below one slice is a warning where the slice may go elsewhere', () => {
  const environments = [environment(), onDemand()];
  const wanted = { capacity: 'spot-first' } as const;
  const facts = withQueue({ wanted, environments }, { quotas: { spot: known(2000), onDemand: known(5) } });
  expect(codes(facts, [wantedClass({ vcpus: 16, memoryMib: 30_000 })])).toEqual(['quota-below-maximum']);
});

test.each(['g5.xlarge', 'p5', 'inf2.xlarge', 'hpc7a', 'trn1'])(
  '%s has a quota of its own: not done, and where to look',
  (type) => {
    const environments = [environment({ types: [type] })];
    const quotas = { spot: known(1) };
    const check = checkNamed(judge(withQueue({ environments }, { quotas })), 'vcpus');
    expect(check).toMatchObject({
      findings: [],
      notDone: [
        { action: 'servicequotas:GetServiceQuota', why: expect.stringContaining('list-service-quotas') },
      ],
    });
  },
);

test.each(['c7i-flex', 'm7a', 'im4gn', 'd3en', 'optimal'])('%s counts as Standard', (type) => {
  const environments = [environment({ types: [type] })];
  const check = checkNamed(judge(withQueue({ environments }, { quotas: { spot: known(1) } })), 'vcpus');
  expect(check.findings).toHaveLength(1);
  expect(check.notDone).toEqual([]);
});

test('a refused quota leaves the check undone', () => {
  const quotas = { spot: refused('servicequotas:GetServiceQuota') };
  expect(checkNamed(judge(account({ quotas })), 'vcpus').notDone).toHaveLength(1);
});
