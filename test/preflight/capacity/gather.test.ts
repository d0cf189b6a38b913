import { describe, expect, test } from 'vitest';
import type { AwsSettings } from '../../../src/aws/settings.ts';
import type { QueueFacts } from '../../../src/preflight/capacity/facts.ts';
import { gatherQueues } from '../../../src/preflight/capacity/gather-queues.ts';
import { gatherQuotas } from '../../../src/preflight/capacity/gather-quotas.ts';
import { gatherTypes } from '../../../src/preflight/capacity/gather-types.ts';
import { openPreflightClients } from '../../../src/preflight/clients.ts';
import { type Script, ScriptedAccount } from '../../engine/aws-batch/scripted-account.ts';
import { arn, environment, known, onDemand, queueFacts, refused, zones } from './scene.ts';

type Handler = NonNullable<AwsSettings['requestHandler']>;

/** The scripted account answers Batch, too. */
const noBatch: Handler = { handle: () => Promise.reject(new Error('Batch was asked what no test scripted')) };

async function accountOf(script: Script) {
  const account = new ScriptedAccount(script, noBatch);
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const { requestHandler } = account;
  const clients = await openPreflightClients({ region: 'us-east-1', credentials, requestHandler });
  return { account, clients };
}

/** EC2 is asked by forms. */
const formOf = (input: URLSearchParams | object) =>
  input instanceof URLSearchParams ? input : new URLSearchParams();

const wanted = ['spot', 'other'].map((name) => ({ ...queueFacts().wanted, name, arn: arn(name) }));
const denied = { error: 'UnauthorizedOperation', status: 403 };

function queueDetail(name: string, ...environments: readonly string[]) {
  return {
    ...{ jobQueueArn: arn(name), jobQueueName: name, jobQueueType: 'ECS', state: 'ENABLED', status: 'VALID' },
    // Out of order: Batch does not promise one.
    computeEnvironmentOrder: environments
      .map((computeEnvironment, at) => ({ order: at + 1, computeEnvironment: `arn:${computeEnvironment}` }))
      .toReversed(),
  };
}

function environmentDetail(name: string, resources: object = {}) {
  return {
    ...{ computeEnvironmentArn: `arn:${name}`, computeEnvironmentName: name, type: 'MANAGED' },
    ...{ state: 'ENABLED', status: 'VALID', containerOrchestrationType: 'ECS' },
    computeResources: {
      ...{
        type: 'SPOT',
        minvCpus: 1,
        maxvCpus: 64,
        desiredvCpus: 4,
        instanceTypes: ['c7a'],
        subnets: ['subnet-a'],
      },
      ...resources,
    },
  };
}

const withTemplate = (launchTemplate: object, answer: Script[string]): Script => ({
  'batch:describejobqueues': { jobQueues: [queueDetail('spot', 'a')] },
  'batch:describecomputeenvironments': { computeEnvironments: [environmentDetail('a', { launchTemplate })] },
  'ec2:DescribeLaunchTemplateVersions': answer,
});

const environmentsOf = ([queue]: readonly QueueFacts[]) => {
  if (queue === undefined || !queue.environments.known) throw new Error('they are not known');
  return queue.environments.value;
};

describe('queues and their environments', () => {
  test('are asked for once each, whatever their number, and kept in order', async () => {
    const { account, clients } = await accountOf({
      'batch:describejobqueues': { jobQueues: [queueDetail('other', 'b'), queueDetail('spot', 'a', 'b')] },
      'batch:describecomputeenvironments': {
        computeEnvironments: [environmentDetail('b'), environmentDetail('a')],
      },
    });
    const queues = await gatherQueues(clients, wanted);
    expect(account.actions).toEqual(['batch:describejobqueues', 'batch:describecomputeenvironments']);
    expect(queues).toMatchObject([
      {
        wanted: { name: 'spot' },
        queue: { value: { kind: 'ECS', environments: ['arn:a', 'arn:b'] } },
        environments: { value: [{ name: 'a' }, { name: 'b' }] },
      },
      { wanted: { name: 'other' }, environments: { value: [{ name: 'b' }] } },
    ]);
  });

  test('tell what is bought and by which strategy, BEST_FIT where none is set', async () => {
    const resources = { securityGroupIds: ['sg-1'], instanceRole: 'ecsInstanceRole' };
    const { clients } = await accountOf({
      'batch:describejobqueues': { jobQueues: [queueDetail('spot', 'a')] },
      'batch:describecomputeenvironments': { computeEnvironments: [environmentDetail('a', resources)] },
    });
    expect(environmentsOf(await gatherQueues(clients, wanted))).toMatchObject([
      {
        ...{ buys: 'SPOT', managed: true, orchestration: 'ECS', strategy: 'BEST_FIT' },
        ...{
          minVcpus: 1,
          maxVcpus: 64,
          desiredVcpus: 4,
          securityGroups: ['sg-1'],
          instanceRole: 'ecsInstanceRole',
        },
        ...{ ownImage: false, templates: [] },
      },
    ]);
  });

  test.each([
    { imageId: 'ami-1' },
    { ec2Configuration: [{ imageType: 'ECS_AL2023', imageIdOverride: 'ami-1' }] },
  ])('tell of an image of somebody’s own: %o', async (resources) => {
    const { clients } = await accountOf({
      'batch:describejobqueues': { jobQueues: [queueDetail('spot', 'a')] },
      'batch:describecomputeenvironments': { computeEnvironments: [environmentDetail('a', resources)] },
    });
    expect(environmentsOf(await gatherQueues(clients, wanted))).toMatchObject([{ ownImage: true }]);
  });

  test('come in pages', async () => {
    let page = 0;
    const { clients } = await accountOf({
      'batch:describejobqueues': () => {
        page++;
        return page === 1 ? { jobQueues: [], nextToken: 'more' } : { jobQueues: [queueDetail('spot')] };
      },
    });
    const [spot, other] = await gatherQueues(clients, wanted);
    expect(spot?.queue).toMatchObject({ known: true, value: { name: 'spot' } });
    expect(other?.queue).toEqual({ known: true, value: undefined });
  });

  test('that are not there leave nothing to ask about environments, which would tell of all', async () => {
    const { account, clients } = await accountOf({ 'batch:describejobqueues': { jobQueues: [] } });
    const queues = await gatherQueues(clients, wanted);
    expect(queues.map(({ environments }) => environments)).toEqual([known([]), known([])]);
    expect(account.actions).toEqual(['batch:describejobqueues']);
  });

  test('of none are not asked for', async () => {
    const { account, clients } = await accountOf({});
    expect(await gatherQueues(clients, [])).toEqual([]);
    expect(account.actions).toEqual([]);
  });

  test('that nobody may see are unknown, by the right that is missing', async () => {
    const { clients } = await accountOf({
      'batch:describejobqueues': { error: 'AccessDeniedException', status: 403 },
    });
    expect(await gatherQueues(clients, wanted)).toMatchObject([
      {
        queue: { known: false, action: 'batch:DescribeJobQueues' },
        environments: { known: false, action: 'batch:DescribeJobQueues' },
      },
      { queue: { known: false } },
    ]);
  });

  test('stay known where the environments are not', async () => {
    const { clients } = await accountOf({
      'batch:describejobqueues': { jobQueues: [queueDetail('spot', 'a')] },
      'batch:describecomputeenvironments': { error: 'AccessDeniedException', status: 403 },
    });
    expect(await gatherQueues(clients, wanted)).toMatchObject([
      {
        queue: { known: true },
        environments: { known: false, action: 'batch:DescribeComputeEnvironments' },
      },
      {},
    ]);
  });
});

describe('launch templates', () => {
  test('tell their network and their volumes, in the version that is used', async () => {
    const asked: object[] = [];
    const script = withTemplate({ launchTemplateId: 'lt-1', version: '3' }, (input) => {
      asked.push(Object.fromEntries(formOf(input)));
      const data = {
        networkInterfaceSet: [
          { subnetId: 'subnet-z', associatePublicIpAddress: true, groupSet: { groupId: 'sg-9' } },
        ],
        blockDeviceMappingSet: [{ ebs: { volumeSize: 300 } }, { deviceName: '/dev/sdb' }],
      };
      return { launchTemplateVersionSet: [{ launchTemplateData: data }] };
    });
    const { clients } = await accountOf(script);
    expect(environmentsOf(await gatherQueues(clients, wanted))[0]?.templates).toEqual([
      {
        name: 'lt-1, version 3',
        content: known({
          interfaces: [{ subnet: 'subnet-z', publicAddress: true, securityGroups: ['sg-9'] }],
          ...{ securityGroups: [], volumesGib: [300] },
        }),
      },
    ]);
    expect(asked).toMatchObject([{ LaunchTemplateId: 'lt-1', 'LaunchTemplateVersion.1': '3' }]);
  });

  test('of single types are read besides, each version once', async () => {
    const overrides = [
      { launchTemplateName: 'large', targetInstanceTypes: ['c7a.8xlarge'] },
      { launchTemplateId: 'lt-1', targetInstanceTypes: ['c7a.large'] },
    ];
    const { account, clients } = await accountOf(
      withTemplate({ launchTemplateId: 'lt-1', overrides }, { launchTemplateVersionSet: [] }),
    );
    const [own] = environmentsOf(await gatherQueues(clients, wanted));
    expect(new Set(own?.templates.map(({ name }) => name))).toEqual(
      new Set(['lt-1, version $Default', 'large, version $Default']),
    );
    expect(account.actions.filter((action) => action.startsWith('ec2:'))).toHaveLength(2);
  });

  test.each([
    'InvalidLaunchTemplateId.NotFound',
    'InvalidLaunchTemplateId.VersionNotFound',
    'InvalidLaunchTemplateName.NotFoundException',
  ])('that EC2 answers with %s are not there', async (error) => {
    const { clients } = await accountOf(withTemplate({ launchTemplateName: 'gone' }, { error, status: 400 }));
    expect(environmentsOf(await gatherQueues(clients, wanted))[0]?.templates).toEqual([
      { name: 'gone, version $Default', content: known(undefined) },
    ]);
  });

  test('that nobody may read are unknown, and the environment is known', async () => {
    const { clients } = await accountOf(withTemplate({ launchTemplateName: 'secret' }, denied));
    expect(environmentsOf(await gatherQueues(clients, wanted))).toMatchObject([
      { name: 'a', templates: [{ content: { known: false, action: 'ec2:DescribeLaunchTemplateVersions' } }] },
    ]);
  });
});

describe('instance types', () => {
  const types = {
    instanceTypeSet: [
      {
        ...{ instanceType: 'c7a.large', bareMetal: false, memoryInfo: { sizeInMiB: 4096 } },
        processorInfo: { supportedArchitectures: ['i386', 'x86_64'] },
        ...{ vCpuInfo: { defaultVCpus: 2 }, gpuInfo: { gpus: [{ count: 3 }] } },
        instanceStorageInfo: { totalSizeInGB: 100 },
      },
    ],
  };
  const offers = {
    instanceTypeOfferingSet: [{ instanceType: 'c7a.large', location: 'us-east-1a' }],
  };
  const queues = (...entries: readonly string[]) => [
    queueFacts({ environments: [environment({ types: entries })] }),
  ];
  const valuesOf = (input: URLSearchParams | object, filter: string) => {
    const form = formOf(input);
    const [key = ''] = [...form].find(([name, value]) => name.endsWith('.Name') && value === filter) ?? [];
    const prefix = key.replace(/Name$/, 'Value.');
    return [...form].filter(([name]) => name.startsWith(prefix)).map(([, value]) => value);
  };

  test.each([
    [{ supportedUsageClasses: ['on-demand', 'spot'] }, true],
    [{ supportedUsageClasses: ['on-demand', 'capacity-block'] }, false],
    // Who does not say, as some doubles of EC2, forbids nothing.
    [{}, true],
  ])('with %j can be bought as Spot: %s', async (said, spot) => {
    const { clients } = await accountOf({
      'ec2:DescribeInstanceTypes': { instanceTypeSet: [{ instanceType: 'c7a.large', ...said }] },
      'ec2:DescribeInstanceTypeOfferings': offers,
    });
    expect((await gatherTypes(clients, queues('c7a'), zones)).types).toMatchObject({ value: [{ spot }] });
  });

  test('are asked for by one filter, families as patterns and bundles as families', async () => {
    const asked: unknown[] = [];
    const { account, clients } = await accountOf({
      'ec2:DescribeInstanceTypes': (input) => {
        asked.push(valuesOf(input, 'instance-type'));
        return types;
      },
      'ec2:DescribeInstanceTypeOfferings': (input) => {
        asked.push([valuesOf(input, 'location'), valuesOf(input, 'instance-type')]);
        return offers;
      },
    });
    const facts = await gatherTypes(clients, queues('default_arm64', 'c7a', 'm7a.large'), zones);
    expect(asked).toEqual([
      ['m6g.*', 'c6g.*', 'r6g.*', 'c7g.*', 'c7a.*', 'm7a.large'],
      [['us-east-1a', 'us-east-1b'], ['c7a.large']],
    ]);
    expect(account.actions).toHaveLength(2);
    expect(facts).toEqual({
      types: known([
        {
          ...{ type: 'c7a.large', architectures: ['amd64'], vcpus: 2, memoryMib: 4096 },
          // 100 GB.
          ...{ gpus: 3, bareMetal: false, spot: true, storeGib: 93 },
        },
      ]),
      offered: known(
        new Map([
          ['us-east-1a', new Set(['c7a.large'])],
          ['us-east-1b', new Set()],
        ]),
      ),
    });
  });

  test('beyond what a filter takes are asked for in several calls', async () => {
    const entries = Array.from({ length: 201 }, (_, at) => `x${at}.large`);
    const { account, clients } = await accountOf({
      'ec2:DescribeInstanceTypes': { instanceTypeSet: [] },
    });
    await gatherTypes(clients, queues(...entries), refused('ec2:DescribeSubnets'));
    expect(account.actions).toEqual(['ec2:DescribeInstanceTypes', 'ec2:DescribeInstanceTypes']);
  });

  test('come in pages', async () => {
    const { clients } = await accountOf({
      'ec2:DescribeInstanceTypes': (input) => {
        const isSecond = formOf(input).has('NextToken');
        return isSecond ? types : { instanceTypeSet: [], nextToken: 'more' };
      },
    });
    const facts = await gatherTypes(clients, queues('c7a'), refused('ec2:DescribeSubnets'));
    expect(facts.types).toMatchObject({ value: [{ type: 'c7a.large' }] });
  });

  test('are known without the zones; where they are offered is not', async () => {
    const { account, clients } = await accountOf({ 'ec2:DescribeInstanceTypes': types });
    const answer = refused('ec2:DescribeSubnets');
    expect(await gatherTypes(clients, queues('c7a'), answer)).toMatchObject({
      types: { known: true },
      offered: answer,
    });
    expect(account.actions).toEqual(['ec2:DescribeInstanceTypes']);
  });

  test('are known where offerings are refused', async () => {
    const { clients } = await accountOf({ 'ec2:DescribeInstanceTypes': types });
    expect(await gatherTypes(clients, queues('c7a'), zones)).toMatchObject({
      types: { known: true },
      offered: { known: false, action: 'ec2:DescribeInstanceTypeOfferings' },
    });
  });

  test('are unknown where they are refused', async () => {
    const { clients } = await accountOf({});
    expect(await gatherTypes(clients, queues('c7a'), zones)).toMatchObject({
      types: { known: false, action: 'ec2:DescribeInstanceTypes' },
      offered: { known: false, action: 'ec2:DescribeInstanceTypes' },
    });
  });

  test('of no environment are not asked for: without a filter EC2 tells of all', async () => {
    const { account, clients } = await accountOf({});
    expect(await gatherTypes(clients, [], zones)).toMatchObject({ types: known([]) });
    expect(account.actions).toEqual([]);
  });
});

describe('quotas', () => {
  const spot = [queueFacts()];
  const quotaOf = (input: object) => ('QuotaCode' in input ? input.QuotaCode : undefined);

  test('are asked for what is bought', async () => {
    const { clients } = await accountOf({
      'servicequotas:GetServiceQuota': (input) => ({
        Quota: { Value: quotaOf(input) === 'L-34B43A08' ? 640 : 32 },
      }),
    });
    expect(await gatherQuotas(clients, spot)).toEqual({ spot: known(640) });
    const both = [queueFacts({ environments: [environment(), onDemand()] })];
    expect(await gatherQuotas(clients, both)).toEqual({ spot: known(640), onDemand: known(32) });
  });

  test('that nobody has changed are AWS’s own', async () => {
    const { clients } = await accountOf({
      'servicequotas:GetServiceQuota': { error: 'NoSuchResourceException', status: 400 },
      'servicequotas:GetAWSDefaultServiceQuota': { Quota: { Value: 5 } },
    });
    expect(await gatherQuotas(clients, spot)).toEqual({ spot: known(5) });
  });

  test.each([
    {
      script: { 'servicequotas:GetAWSDefaultServiceQuota': { Quota: { Value: 5 } } },
      what: 'that are refused',
    },
    { script: { 'servicequotas:GetServiceQuota': { Quota: {} } }, what: 'without a value' },
  ])('$what are unknown', async ({ script }) => {
    const { clients } = await accountOf(script);
    expect(await gatherQuotas(clients, spot)).toMatchObject({
      spot: { known: false, action: 'servicequotas:GetServiceQuota' },
    });
  });
});
