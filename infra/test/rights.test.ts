import { matchesGlob } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allRights } from '../../test/aws/guide.ts';
import { rolesIn } from '../rights-page.ts';
import { actionsOf, asked, operationsIn } from './asked.ts';
import { synthesize, whole } from './synthesized.ts';

/** Rooms of src/ that ask AWS, by what they are for. The first that matches has it. */
const rooms = {
  'know who asks': [
    ...['src/action/credentials.ts', 'src/preflight/surroundings/identity.ts'],
    'src/image/ecr/caller.ts',
  ],
  probe: ['src/preflight/surroundings/probe.ts'],
  preflight: ['src/preflight/**', 'src/doctor/oidc-trust.ts'],
  'read the store': ['src/store/s3/{read,list,download}.ts'],
  'write the store': ['src/store/s3/{put,upload,multipart}.ts'],
  submit: ['src/engine/aws-batch/{submit,definitions,queue,concurrency}.ts'],
  follow: ['src/engine/aws-batch/{describe-jobs,list-jobs,cancel}.ts'],
  explain: ['src/engine/aws-batch/evidence/*.ts'],
  'look up Spot prices': ['src/engine/aws-batch/spot-prices.ts'],
  'send metrics': ['src/engine/aws-batch/metrics.ts'],
  'read logs at a terminal': ['src/engine/aws-batch/log-tail.ts'],
  'log in to ECR': ['src/image/ecr/authorization.ts'],
  'make repositories': ['src/image/ecr/repository.ts'],
} as const;

type Room = keyof typeof rooms;

/** What the workflows of a role do (.github/workflows); `GetCallerIdentity` and assuming a role need no right. */
const work = {
  plan: ['read the store', 'preflight', 'look up Spot prices', 'log in to ECR'],
  launch: [
    ...(['read the store', 'write the store', 'submit', 'follow', 'probe', 'preflight'] as const),
    ...(['look up Spot prices', 'log in to ECR'] as const),
  ],
  watch: ['read the store', 'write the store', 'submit', 'follow', 'explain', 'send metrics'],
  images: ['log in to ECR', 'make repositories'],
} as const satisfies Record<string, readonly Room[]>;

/** Not of the SDK: the protocol of registries, as src/image speaks it and Docker does (docs/images.md). */
const registryProtocol = {
  plan: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  launch: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  watch: [],
  images: [
    ...['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:CompleteLayerUpload'],
    ...['ecr:GetDownloadUrlForLayer', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'],
    // CreateRepository carries tags.
    'ecr:TagResource',
  ],
} as const;

const roomOf = (file: string) =>
  Object.entries(rooms).find(([, globs]) => globs.some((glob) => matchesGlob(file, glob)))?.[0];

const template = synthesize(whole);
const roles = rolesIn(template);
const actionsAllowed = (name: string) =>
  (roles.find((role) => role.name === `muster-${name}`)?.statements ?? [])
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action }) => Action);
const sorted = (actions: Iterable<string>) => [...new Set(actions)].toSorted();

test('every call of AWS in the sources belongs to a room', () => {
  expect(asked.length).toBeGreaterThan(60);
  expect(asked.filter(({ file }) => roomOf(file) === undefined)).toEqual([]);
});

test.each([
  ['await client.describeJobs({ jobs })', ['DescribeJobs']],
  ['await s3.send(new GetObjectCommand(what))', ['GetObject']],
  ['for await (const page of paginateListJobs(config, {}))', ['ListJobs']],
  ['text.replace(a, b).trim()', []],
])('a call is found in %s', (source, found) => {
  expect(operationsIn(source)).toEqual(found);
});

describe.each(Object.keys(work) as (keyof typeof work)[])('the role %s', (role) => {
  test('may do what its workflows ask, and nothing else', () => {
    const own = asked.filter(({ file }) => (work[role] as readonly string[]).includes(roomOf(file) ?? ''));
    const needed = [...actionsOf(own), ...registryProtocol[role]];
    expect(sorted(actionsAllowed(role))).toEqual(sorted(needed));
  });
});

test.each(['plan', 'launch', 'watch'])('the guide names every right of the role %s', (role) => {
  expect(actionsAllowed(role).filter((action) => !allRights().has(action))).toEqual([]);
});

describe('the rights of all roles', () => {
  const all = roles.flatMap(({ name, statements }) => statements.map((one) => ({ role: name, ...one })));
  const allowed = all.filter(({ Effect }) => Effect === 'Allow');

  test('are there', () => {
    expect(roles.map(({ name }) => name)).toEqual([
      ...['muster-events', 'muster-execution', 'muster-images', 'muster-instance', 'muster-job'],
      ...['muster-launch', 'muster-plan', 'muster-watch', 'muster-watchdog'],
    ]);
    expect(allowed.every(({ Action, Resource = [] }) => Action.length > 0 && Resource.length > 0)).toBe(true);
  });

  test('name each action whole', () => {
    expect(
      allowed.flatMap(({ Action }) => Action).filter((action) => !/^[a-z0-9]+:[A-Za-z]+$/.test(action)),
    ).toEqual([]);
  });

  test('are on all resources only where AWS knows no others', () => {
    // AB 11.1 and 11.3; of ECS, EC2, CloudWatch and Service Quotas [MEM].
    const unlimited = [
      /^batch:(Describe(ComputeEnvironments|Jobs|JobQueues|JobDefinitions)|ListJobs)$/,
      /^ec2:Describe/,
      /^autoscaling:Describe/,
      /^servicequotas:Get/,
      /^ecr:GetAuthorizationToken$/,
      /^cloudwatch:PutMetricData$/,
      /^ecs:DiscoverPollEndpoint$/,
    ];
    const open = allowed
      .filter(({ Resource = [] }) => Resource.includes('*'))
      .flatMap(({ Action }) => Action);
    expect(open.filter((action) => !unlimited.some((one) => one.test(action)))).toEqual([]);
  });

  test('pass roles to containers only, and only the two that jobs have', () => {
    const passing = allowed.filter(({ Action }) => Action.includes('iam:PassRole'));
    expect(passing.map(({ role }) => role)).toEqual(['muster-launch', 'muster-watch']);
    for (const { Resource, Condition } of passing) {
      expect(Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
      expect(Resource).toEqual(
        ['job', 'execution'].map((one) => `arn:aws:iam::<account>:role/muster-${one}`),
      );
    }
  });

  test('change nothing where somebody only plans', () => {
    const reads = /:(Get|List|Describe|BatchGet)/;
    expect(actionsAllowed('plan').filter((action) => !reads.test(action))).toEqual([]);
  });

  test('send metrics of Muster alone', () => {
    const metrics = allowed.filter(({ Action }) => Action.includes('cloudwatch:PutMetricData'));
    expect(metrics).toMatchObject([{ Condition: { StringEquals: { 'cloudwatch:namespace': 'Muster' } } }]);
  });

  test('fit into a role', () => {
    // IAM takes 10,240 characters of policies inside a role [MEM]; ARNs of real accounts are longer than ours.
    for (const { statements } of roles) expect(JSON.stringify(statements).length).toBeLessThan(8_000);
  });
});

test('without metrics nobody may send any', () => {
  const plain = rolesIn(synthesize(whole.replace('metrics: true', '')));
  expect(plain.flatMap(({ statements }) => statements.flatMap(({ Action }) => Action))).not.toContain(
    'cloudwatch:PutMetricData',
  );
});
