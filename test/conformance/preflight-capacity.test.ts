import type { InitializeMiddleware } from '@smithy/types';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PreflightClients } from '../../src/preflight/clients.ts';
import type { WantedClass, WantedQueue } from '../../src/preflight/wanted.ts';
import {
  type Account,
  codes,
  type EnvironmentPart,
  look,
  makeAccount,
  newEnvironment,
  newQueue,
  newTemplate,
  region,
  wantedClass,
  wantedQueue,
} from './preflight-capacity-account.ts';

interface StackOfAny {
  add(middleware: never, options: { readonly step: 'initialize'; readonly name: string }): void;
}

/** Queues, environments, templates, instance types and offerings of a model of AWS that nobody here wrote. */
describe('the capacity of an account on moto', () => {
  let account: Account;
  beforeAll(async () => {
    account = await makeAccount();
  });

  const queueOf = async (...parts: readonly EnvironmentPart[]) =>
    newQueue(account, await Promise.all(parts.map((part) => newEnvironment(account, part))));

  describe('that is right gives no finding', () => {
    test('for Spot of a family', async () => {
      expect(await codes([wantedQueue(await queueOf({}))])).toEqual([]);
    });

    test('for Spot first, with On-Demand behind it', async () => {
      const arn = await queueOf({}, { type: 'EC2', allocationStrategy: 'BEST_FIT_PROGRESSIVE' });
      expect(await codes([wantedQueue(arn, { capacity: 'spot-first', maxVcpus: 512 })])).toEqual([]);
    });

    test('for the bundle of x86, with a template and scratch, and 15 vCPU and 30,000 MiB', async () => {
      const template = await newTemplate(account, {
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 500 } }],
        NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: true }],
      });
      const arn = await queueOf({
        instanceTypes: ['optimal'],
        launchTemplate: { launchTemplateId: template },
      });
      const { instances: _, ...queue } = wantedQueue(arn, { scratchMib: 500 * 1024 });
      const classes = [wantedClass({ vcpus: 15, memoryMib: 30_000, scratchGib: 20 })];
      expect(await codes([queue], classes)).toEqual([]);
    });

    test('for Graviton', async () => {
      const arn = await queueOf({ instanceTypes: ['c7g.4xlarge', 'c6g.4xlarge'] });
      const queue = wantedQueue(arn, { architecture: 'arm64', instances: ['c7g.4xlarge', 'c6g.4xlarge'] });
      expect(
        await codes([queue], [wantedClass({ vcpus: 15, memoryMib: 30_000, architecture: 'arm64' })]),
      ).toEqual([]);
    });
  });

  interface Fault {
    readonly code: string;
    readonly environment?: EnvironmentPart;
    readonly queue?: Partial<WantedQueue>;
    readonly resources?: Partial<WantedClass['resources']>;
  }

  const faults: readonly Fault[] = [
    { code: 'environment-disabled', environment: { state: 'DISABLED' } },
    { code: 'environment-unmanaged', environment: { unmanaged: true } },
    { code: 'environment-not-instances', environment: { type: 'FARGATE' } },
    { code: 'capacity-differs', environment: { type: 'EC2', allocationStrategy: 'BEST_FIT_PROGRESSIVE' } },
    {
      code: 'best-fit',
      environment: { allocationStrategy: 'BEST_FIT', spotIamFleetRole: 'arn:aws:iam::1:role/f' },
    },
    { code: 'best-fit-fleet-role', environment: { allocationStrategy: 'BEST_FIT' } },
    {
      code: 'idle-minimum',
      environment: { minvCpus: 2, instanceTypes: ['c7a.large'] },
      queue: { instances: ['c7a.large'] },
    },
    { code: 'max-vcpus-below-slice', environment: { maxvCpus: 2 }, resources: { vcpus: 4, memoryMib: 7000 } },
    { code: 'max-vcpus-waves', environment: { maxvCpus: 16 }, resources: { concurrent: 50 } },
    { code: 'max-vcpus-differ', queue: { maxVcpus: 1024 } },
    { code: 'instances-differ', queue: { instances: ['m7a'] } },
    {
      code: 'architecture-mixed',
      environment: { instanceTypes: ['c7a', 'c7g'] },
      queue: { instances: ['c7a', 'c7g'] },
    },
    { code: 'architecture-differs', environment: { instanceTypes: ['c7g'] }, queue: { instances: ['c7g'] } },
    {
      code: 'fit-impossible', // 16 / 32 on 16 / 32
      environment: { instanceTypes: ['c6i.4xlarge'] },
      queue: { instances: ['c6i.4xlarge'] },
      resources: { vcpus: 16, memoryMib: 32_768 },
    },
    {
      code: 'fit-impossible', // no c5 up to 2xlarge
      environment: { instanceTypes: ['c5.large', 'c5.xlarge', 'c5.2xlarge'] },
      queue: { instances: ['c5.large', 'c5.xlarge', 'c5.2xlarge'] },
      resources: { memoryMib: 16_384 },
    },
    {
      code: 'fit-tight', // 15 / 30 on 16 / 32
      environment: { instanceTypes: ['c6i.4xlarge'] },
      queue: { instances: ['c6i.4xlarge'] },
      resources: { vcpus: 15, memoryMib: 30_720 },
    },
    {
      code: 'fit-wasteful',
      environment: { instanceTypes: ['c6i.4xlarge'] },
      queue: { instances: ['c6i.4xlarge'] },
      resources: { vcpus: 9, memoryMib: 9000 },
    },
    { code: 'fit-impossible', resources: { gpus: 1 } },
    { code: 'scratch-volume', queue: { scratchMib: 200 * 1024 } },
    { code: 'scratch-unmounted', resources: { scratchGib: 5 } },
    {
      code: 'scratch-too-small',
      environment: { instanceTypes: ['c7a.4xlarge'] },
      queue: { instances: ['c7a.4xlarge'], scratchMib: 20 * 1024 },
      resources: { scratchGib: 10 },
    },
  ];

  test.each(faults)('with one fault gives just $code: $environment $queue $resources', async (fault) => {
    const arn = await queueOf(fault.environment ?? {});
    expect(await codes([wantedQueue(arn, fault.queue)], [wantedClass(fault.resources)])).toEqual([
      fault.code,
    ]);
  });

  test('with a disabled queue gives just that', async () => {
    const arn = await newQueue(account, [await newEnvironment(account)], 'DISABLED');
    expect(await codes([wantedQueue(arn)])).toEqual(['queue-disabled']);
  });

  test('without the queue gives just that', async () => {
    const arn = `arn:aws:batch:${region}:123456789012:job-queue/nowhere`;
    expect(await codes([wantedQueue(arn)])).toEqual(['queue-missing']);
  });

  test('with more than three environments gives just that', async () => {
    expect(await codes([wantedQueue(await queueOf({}, {}, {}, {}))])).toEqual(['queue-environments']);
  });

  test('with a spare environment that is disabled gives a warning', async () => {
    expect(await codes([wantedQueue(await queueOf({}, { state: 'DISABLED' }))])).toEqual([
      'spare-environment-disabled',
    ]);
  });

  test('with environments of two architectures in one queue gives just that', async () => {
    const arn = await queueOf({}, { instanceTypes: ['c7g'] });
    expect(await codes([wantedQueue(arn, { instances: ['c7a', 'c7g'] })])).toEqual(['architecture-mixed']);
  });

  describe('with types that are not offered everywhere', () => {
    test('gives an error where none is', async () => {
      const arn = await queueOf({ subnets: [account.subnets.e ?? ''] });
      expect(await codes([wantedQueue(arn)])).toEqual(['types-not-offered']);
    });

    test('gives a warning where one zone has none', async () => {
      const arn = await queueOf({ subnets: [account.subnets.a ?? '', account.subnets.e ?? ''] });
      const { checks } = await look([wantedQueue(arn)]);
      expect(checks.flatMap(({ findings }) => findings)).toMatchObject([
        { code: 'zone-without-types', seen: expect.stringContaining(`${account.subnets.e} (us-east-1e)`) },
      ]);
    });

    test('gives a warning where one family is not', async () => {
      const arn = await queueOf({ instanceTypes: ['c4', 'c7a'], subnets: [account.subnets.e ?? ''] });
      expect(await codes([wantedQueue(arn, { instances: ['c4', 'c7a'] })])).toEqual(['types-partly-offered']);
    });
  });

  describe('with a launch template', () => {
    const withTemplate = async (data: Parameters<typeof newTemplate>[1]) => {
      const launchTemplateId = await newTemplate(account, data);
      return queueOf({ launchTemplate: { launchTemplateId } });
    };

    test('that names a subnet gives just that', async () => {
      const arn = await withTemplate({
        NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: account.subnets.a }],
      });
      expect(await codes([wantedQueue(arn)])).toEqual(['template-interface']);
    });

    test('that names other security groups gives just that', async () => {
      const arn = await withTemplate({ SecurityGroupIds: [account.otherGroup] });
      expect(await codes([wantedQueue(arn)])).toEqual(['template-groups']);
    });

    test('that is gone gives just that', async () => {
      const LaunchTemplateId = await newTemplate(account, { SecurityGroupIds: [account.group] });
      const arn = await queueOf({ launchTemplate: { launchTemplateId: LaunchTemplateId } });
      await account.ec2.deleteLaunchTemplate({ LaunchTemplateId });
      expect(await codes([wantedQueue(arn)])).toEqual(['template-missing']);
    });

    test('of which that version is not there gives just that', async () => {
      const launchTemplateId = await newTemplate(account, { SecurityGroupIds: [account.group] });
      const arn = await queueOf({ launchTemplate: { launchTemplateId, version: '7' } });
      expect(await codes([wantedQueue(arn)])).toEqual(['template-missing']);
    });
  });

  test('with several faults gives all of theirs', async () => {
    const launchTemplateId = await newTemplate(account, { SecurityGroupIds: [account.otherGroup] });
    const arn = await newQueue(
      account,
      [
        await newEnvironment(account, {
          ...{ maxvCpus: 8, allocationStrategy: 'BEST_FIT', launchTemplate: { launchTemplateId } },
          ...{ subnets: [account.subnets.a ?? '', account.subnets.e ?? ''] },
        }),
        await newEnvironment(account, { state: 'DISABLED' }),
      ],
      'DISABLED',
    );
    const queue = wantedQueue(arn, { capacity: 'on-demand', maxVcpus: 512 });
    expect(await codes([queue], [wantedClass({ concurrent: 64, scratchGib: 1 })])).toEqual([
      'best-fit-fleet-role',
      'capacity-differs',
      'max-vcpus-differ',
      'max-vcpus-waves',
      'queue-disabled',
      'scratch-unmounted',
      'spare-environment-disabled',
      'template-groups',
      'zone-without-types',
    ]);
  });

  describe('asked with a call refused', () => {
    const refuse = (operation: string) => (clients: PreflightClients) => {
      const step: InitializeMiddleware<object, object> = (next, context) => (sent) => {
        if (context.commandName !== `${operation}Command`) return next(sent);
        throw Object.assign(new Error('no'), {
          ...{ name: 'UnauthorizedOperation', $fault: 'client', $metadata: { httpStatusCode: 403 } },
        });
      };
      const stacks: readonly StackOfAny[] = [clients.batch.middlewareStack, clients.ec2.middlewareStack];
      // A step for every client: what the client is given does not matter to it.
      for (const stack of stacks) stack.add(step as never, { step: 'initialize', name: 'refuse' });
    };

    test.each(['DescribeComputeEnvironments', 'DescribeInstanceTypes', 'DescribeInstanceTypeOfferings'])(
      'of %s leaves its checks undone, and the others find what they find',
      async (operation) => {
        const arn = await newQueue(account, [await newEnvironment(account)], 'DISABLED');
        const { checks } = await look([wantedQueue(arn)], [wantedClass()], refuse(operation));
        const undone = checks.flatMap(({ notDone }) => notDone.map(({ action }) => action.split(':')[1]));
        expect(undone).toContain(operation);
        expect(checks.flatMap(({ findings }) => findings.map(({ code }) => code))).toEqual([
          'queue-disabled',
        ]);
      },
    );
  });

  test('is asked in few calls, however many queues and environments there are', async () => {
    const arns = [await queueOf({}, {}), await queueOf({}, {}, {})];
    const queues = arns.map((arn, at) => wantedQueue(arn, { name: `q${at}` }));
    const { calls } = await look(queues);
    expect([...new Set(calls)]).toEqual([
      'Batch:DescribeJobQueues',
      'Batch:DescribeComputeEnvironments',
      'EC2:DescribeInstanceTypes',
      'EC2:DescribeInstanceTypeOfferings',
      'ServiceQuotas:GetServiceQuota',
      'ServiceQuotas:GetAWSDefaultServiceQuota',
    ]);
    // moto does not know the last one, and is asked again.
    expect(calls.filter((call) => !call.endsWith(':GetAWSDefaultServiceQuota'))).toHaveLength(5);
  });

  test('has quotas that moto does not know: not done', async () => {
    const { checks } = await look([wantedQueue(await queueOf({}))]);
    expect(checks.flatMap(({ notDone }) => notDone)).toMatchObject([
      { action: 'servicequotas:GetServiceQuota' },
    ]);
  });
});
