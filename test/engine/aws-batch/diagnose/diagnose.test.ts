import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../../src/engine/aws-batch/diagnose/diagnose.ts';
import type {
  EnvironmentFacts,
  Evidence,
  GroupFacts,
  JobFacts,
  MemberFacts,
  QueueFacts,
} from '../../../../src/engine/aws-batch/evidence/evidence.ts';

const minute = 60_000;
const now = Date.parse('2026-01-01T12:00:00Z');
const ago = (minutes: number) => now - minutes * minute;

const job: JobFacts = {
  ...{ name: 'demo-r000', size: 100, createdAt: ago(30), ended: false },
  counts: { early: 0, runnable: 100, starting: 0, running: 0 },
  ...{ vcpus: 4, memoryMib: 7680, reasons: [] },
};
const counts = (changed: Partial<JobFacts['counts']>): Partial<JobFacts> => ({
  counts: { ...{ early: 0, runnable: 0, starting: 0, running: 0 }, ...changed },
});
const queue: QueueFacts = { name: 'spot', state: 'ENABLED', status: 'VALID', environments: ['ce'] };
const environment: EnvironmentFacts = {
  ...{ name: 'ce', arn: 'arn:ce', state: 'ENABLED', status: 'VALID', spot: true },
  ...{ maxVcpus: 256, desiredVcpus: 64, types: ['c7a'], subnets: ['subnet-1', 'subnet-2'] },
};
const member: MemberFacts = {
  ...{ connected: true, vcpus: 4, memoryMib: 7600, freeVcpus: 4, freeMemoryMib: 7600 },
};
const large: MemberFacts = { ...member, vcpus: 16, memoryMib: 30_000, freeVcpus: 16, freeMemoryMib: 30_000 };

const queueId = 'arn:aws:batch:us-east-1:1:job-queue/spot';
const seen: Evidence = {
  ...{ now, region: 'us-east-1', jobId: 'ours', queueId, job, queue, environments: [environment] },
  notSeen: [],
};
const unseen = (action: string) => ({ action, why: `${action}: no answer` });
const withJob = (changed: Partial<JobFacts>): Evidence => ({ ...seen, job: { ...job, ...changed } });
const withEnvironment = (changed: Partial<EnvironmentFacts>): Evidence => ({
  ...seen,
  environments: [{ ...environment, ...changed }],
});
const group = (changed: Partial<GroupFacts>): GroupFacts => ({
  ...{ name: 'AWSBatch-ce-1', instances: [], activities: [] },
  ...changed,
});
const launchedAndMissing = (changed: Partial<GroupFacts>) =>
  withEnvironment({ members: [], groups: [group(changed)] });
const launchFailed = (message: string) =>
  launchedAndMissing({ activities: [{ failed: true, message, at: ago(2) }] });
const reason = (text: string) => withJob({ reasons: [text] });
const others = (count: number, since: number) =>
  Array.from({ length: count }, (_, n) => ({ jobId: `other-${n}`, since }));

describe('each situation has its code, its words, and something to do', () => {
  test.each<[string, Evidence, string, RegExp, RegExp]>([
    [
      'the queue is gone',
      { ...seen, queue: 'gone' },
      'QUEUE_GONE',
      /no job queue arn.*in us-east-1/,
      /^Cancel.*muster\.yaml/,
    ],
    [
      'the queue is invalid',
      { ...seen, queue: { ...queue, status: 'INVALID', statusReason: 'no role' } },
      ...(['QUEUE_INVALID', /spot is INVALID \("no role"\)/, /describe-compute-environments/] as const),
    ],
    [
      'the queue is being deleted',
      { ...seen, queue: { ...queue, status: 'DELETING' } },
      ...(['QUEUE_INVALID', /spot is DELETING/, /^Cancel the run\. .*muster\.yaml/] as const),
    ],
    [
      'an environment is invalid',
      withEnvironment({ status: 'INVALID', statusReason: 'CLIENT_ERROR - Not authorized' }),
      ...(['ENVIRONMENT_INVALID', /ce of queue spot is INVALID: CLIENT_ERROR/, /role/] as const),
    ],
    [
      'its limit allows nothing',
      { ...seen, limit: { name: 'muster-demo-c0', each: 1, total: 0, used: 0 } },
      ...(['CONCURRENCY_NONE', /set to 0/, /update-consumable-resource .*muster-demo-c0 .*SET/] as const),
    ],
    [
      'all environments are disabled',
      withEnvironment({ state: 'DISABLED' }),
      ...(['ENVIRONMENT_DISABLED', /disabled: ce/, /--compute-environment ce --state ENABLED/] as const),
    ],
    [
      'the environment is smaller than a slice',
      withEnvironment({ maxVcpus: 2 }),
      ...(['ENVIRONMENT_TOO_SMALL', /asks for 4 vCPUs .* may have 2/, /maxvCpus/] as const),
    ],
    [
      'Batch says: no capacity, with a dash that is not ASCII',
      reason('CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY – Service cannot fulfill'),
      ...(['CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY', /none of the allowed/, /on-demand/] as const),
    ],
    [
      'Batch says: too large',
      reason('MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement'),
      ...([
        'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT',
        /4 vCPUs and 7680 MiB; ce offers c7a/,
        /--memory/,
      ] as const),
    ],
    [
      'Batch says: maxvCpus',
      reason('MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s)'),
      ...(['MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE', /up to 256 vCPUs/, /maxvCpus/] as const),
    ],
    [
      'Batch says: types',
      reason('MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED - x'),
      ...([
        'MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED',
        /not offered/,
        /launch template/,
      ] as const),
    ],
    [
      'Batch says: its role',
      reason('MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS – Batch service role has a permission issue.'),
      ...(['MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS', /service role/, /AWSServiceRoleForBatch/] as const),
    ],
    [
      'Batch says: invalid',
      reason('ACTION_REQUIRED - CE(s)'),
      'ACTION_REQUIRED',
      /invalid/,
      /describe-compute/,
    ],
    [
      'a few of others come first',
      { ...seen, front: { jobs: [...others(2, ago(3)), { jobId: 'ours:0', since: ago(3) }] } },
      ...(['BEHIND_OTHERS', /number 3 .* queue spot; first is other-0/, /Wait/] as const),
    ],
    [
      'very many of others come first',
      { ...seen, front: { jobs: others(100, ago(20)) } },
      ...([
        'BEHIND_OTHERS',
        /At least 100 .* since 20 min/,
        /describe-jobs --region us-east-1 --jobs other-0/,
      ] as const),
    ],
    [
      'the first one is of others and can never start',
      {
        ...seen,
        front: {
          jobs: others(100, ago(90)),
          head: { name: 'huge', reason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - x' },
        },
      },
      ...([
        'BEHIND_BLOCKED',
        /huge \(other-0\).*holds up all/,
        /terminate-job --region us-east-1 --job-id other-0/,
      ] as const),
    ],
    [
      'nobody wants machines',
      withEnvironment({ desiredVcpus: 0 }),
      ...(['NO_MACHINES_WANTED', /desiredvCpus is 0 in ce/, /c7a/] as const),
    ],
    [
      'the vCPU quota',
      launchFailed('You have requested more vCPU capacity than your current vCPU limit of 5 allows'),
      ...(['VCPU_QUOTA', /quota of the account for On-Demand/, /L-1216C47A/] as const),
    ],
    ['the Spot quota', launchFailed('MaxSpotInstanceCountExceeded'), 'SPOT_QUOTA', /Spot/, /L-34B43A08/],
    [
      'no capacity',
      launchFailed('We currently do not have sufficient c7a.4xlarge capacity'),
      ...(['NO_CAPACITY', /ce \(c7a\)/, /on-demand/] as const),
    ],
    ['a type that is not there', launchFailed('Unsupported: x'), 'TYPE_UNSUPPORTED', /zone/, /offered/],
    ['no right to launch', launchFailed('UnauthorizedOperation'), 'LAUNCH_NOT_ALLOWED', /permission/, /Role/],
    ['another failure', launchFailed('Something new'), 'LAUNCH_FAILED', /“Something new”/, /Auto Scaling/],
    [
      'no addresses',
      {
        ...launchedAndMissing({}),
        freeAddresses: new Map([
          ['subnet-1', 0],
          ['subnet-2', 0],
        ]),
      },
      ...(['NO_ADDRESSES', /subnet-1, subnet-2/, /larger subnets/] as const),
    ],
    ['no machine comes', launchedAndMissing({}), 'NO_MACHINES', /64 vCPUs in ce .* 30 min/, /on-demand/],
    [
      'machines that never join',
      launchedAndMissing({
        instances: [
          { id: 'i-1', launchedAt: ago(25), publicAddress: false },
          { id: 'i-2', launchedAt: ago(2), publicAddress: true },
        ],
      }),
      ...(['NOT_REGISTERED', /2 machines of ce .* for 25 min.* 1 of those .* no public/, /443/] as const),
    ],
    [
      'agents that are gone',
      withEnvironment({ members: [{ ...large, connected: false }] }),
      ...(['AGENTS_GONE', /All 1 machines/, /endpoints/] as const),
    ],
    [
      'machines that are too small',
      withEnvironment({ members: [member] }),
      ...([
        'MACHINES_TOO_SMALL',
        /7680 MiB; the largest machine offers 4 vCPUs and 7600 MiB/,
        /--memory/,
      ] as const),
    ],
    [
      'room and no slice',
      withEnvironment({ members: [large] }),
      'NOT_PLACED',
      /1 machines have room/,
      /awslogs/,
    ],
    [
      'an image that does not come',
      withJob({
        ...counts({ starting: 3, runnable: 97 }),
        tasks: [{ createdAt: ago(12), pullStartedAt: ago(11) }],
      }),
      ...(['START_SLOW', /3 slices .* since 12 min: its image is still being pulled/, /ecr\.dkr/] as const),
    ],
    [
      'a log driver that hangs',
      withJob({
        ...counts({ starting: 3 }),
        tasks: [{ createdAt: ago(15), pullStartedAt: ago(14), pullStoppedAt: ago(13) }],
      }),
      ...(['START_SLOW', /the image is there, the container is not/, /CloudWatch Logs/] as const),
    ],
    [
      'slices that never reach the queue',
      withJob(counts({ early: 100 })),
      ...(['NOT_QUEUED', /took demo-r000 30 min ago/, /health of AWS Batch/] as const),
    ],
    [
      'nothing explains it',
      {
        ...seen,
        environments: [],
        queue: { ...queue, state: 'DISABLED' },
        notSeen: [unseen('ecs:DescribeTasks')],
      },
      ...([
        'UNDETERMINED',
        /spot is disabled.*refused or failed: ecs:DescribeTasks.*“ecs:DescribeTasks: no answer”/,
        /consoles/,
      ] as const),
    ],
  ])('%s', (_, evidence, code, summary, fix) => {
    const found = diagnose(evidence);
    expect(found?.code).toBe(code);
    expect(found?.summary).toMatch(summary);
    expect(found?.fix).toMatch(fix);
    // Whoever copies a command may have another region, or none.
    for (const [command] of found?.fix.matchAll(/aws batch [^`]*/g) ?? [])
      expect(command).toContain('--region us-east-1');
  });
});

describe('what only takes patience is said to', () => {
  const young = { createdAt: ago(4) };
  test.each<[string, Evidence, string]>([
    ['a job just submitted', withJob({ ...counts({ early: 100 }), createdAt: ago(1) }), 'SUBMITTED'],
    ['machines being started', { ...launchedAndMissing({}), job: { ...job, ...young } }, 'COLD_START'],
    [
      'machines that boot',
      { ...launchedAndMissing({ instances: [{ id: 'i-1', launchedAt: ago(3) }] }) },
      'COLD_START',
    ],
    [
      'slices that start',
      withJob({ ...counts({ starting: 5 }), tasks: [{ createdAt: ago(3) }] }),
      'STARTING',
    ],
    ['slices that start, unseen since when', withJob(counts({ starting: 5 })), 'STARTING'],
    [
      'all machines busy and no more allowed',
      withEnvironment({ desiredVcpus: 256, members: [{ ...large, freeVcpus: 1 }] }),
      'ENVIRONMENT_FULL',
    ],
    ['all machines busy', withEnvironment({ members: [{ ...large, freeMemoryMib: 100 }] }), 'MACHINES_FULL'],
    ['a first wait', { ...withEnvironment({ desiredVcpus: 0 }), job: { ...job, ...young } }, 'WAITING'],
    [
      'room that is not used yet',
      { ...withEnvironment({ members: [large] }), job: { ...job, ...young } },
      'WAITING',
    ],
  ])('%s', (_, evidence, code) => {
    expect(diagnose(evidence)).toMatchObject({ code, wait: true });
  });

  test('trouble is never told with patience', () => {
    expect(diagnose(launchFailed('InsufficientInstanceCapacity'))?.wait).toBeUndefined();
    expect(diagnose(launchedAndMissing({}))?.wait).toBeUndefined();
  });

  test('nor is it told of a job that Batch does not know', () => {
    const { job: _, ...others } = seen;
    expect(diagnose({ ...others, front: { jobs: [] } })).toEqual({
      code: 'JOB_UNKNOWN',
      summary: expect.stringMatching(/no job ours in us-east-1/),
      fix: expect.stringMatching(/region/),
    });
  });
});

describe('nothing is said', () => {
  test('when something runs', () => {
    expect(diagnose({ ...withJob(counts({ running: 1, runnable: 99 })), queue: 'gone' })).toBeUndefined();
  });
  test('when the job has ended', () => {
    expect(diagnose({ ...withJob({ ended: true }), queue: 'gone' })).toBeUndefined();
  });
});

describe('the nearest cause comes first', () => {
  test('a broken environment says more than ACTION_REQUIRED', () => {
    const evidence = {
      ...reason('ACTION_REQUIRED - CE(s) associated with the job queue are invalid.'),
      environments: [{ ...environment, status: 'INVALID', statusReason: 'no role' }],
    };
    expect(diagnose(evidence)?.summary).toContain('no role');
  });

  test('machines say more than UNDETERMINED', () => {
    const evidence = { ...launchFailed('VcpuLimitExceeded'), job: { ...job, reasons: ['UNDETERMINED - x'] } };
    expect(diagnose(evidence)?.code).toBe('VCPU_QUOTA');
  });

  test('behind others who wait for the same machines, the machines are the cause', () => {
    const evidence = { ...launchFailed('VcpuLimitExceeded'), front: { jobs: others(100, ago(20)) } };
    expect(diagnose(evidence)?.code).toBe('VCPU_QUOTA');
  });

  test('a slice that starts is past the queue', () => {
    const evidence = { ...withJob(counts({ starting: 1, runnable: 99 })), queue: 'gone' as const };
    expect(diagnose(evidence)?.code).toBe('STARTING');
  });

  test('one broken environment of two leaves the other', () => {
    const evidence = {
      ...seen,
      environments: [
        { ...environment, status: 'INVALID' },
        { ...environment, name: 'b' },
      ],
    };
    expect(diagnose(evidence)?.summary).toContain('The other compute environments');
  });

  test('a launch that failed before one that went well is past', () => {
    const evidence = launchedAndMissing({
      activities: [
        { failed: true, message: 'VcpuLimitExceeded', at: ago(9) },
        { failed: false, message: '', at: ago(1) },
      ],
    });
    expect(diagnose(evidence)?.code).toBe('NO_MACHINES');
  });

  test('one subnet with an address is enough', () => {
    const evidence = {
      ...launchedAndMissing({}),
      freeAddresses: new Map([
        ['subnet-1', 0],
        ['subnet-2', 7],
      ]),
    };
    expect(diagnose(evidence)?.code).toBe('NO_MACHINES');
  });

  test('a snapshot that does not know the job yet says nothing of its place', () => {
    expect(diagnose({ ...launchedAndMissing({}), front: { jobs: others(3, ago(20)) } })?.code).toBe(
      'NO_MACHINES',
    );
  });

  test('time at the head of the queue counts, not the time behind others', () => {
    const first = { jobId: 'ours:0', since: ago(4) };
    expect(diagnose({ ...launchedAndMissing({}), front: { jobs: [first] } })?.code).toBe('COLD_START');
  });

  test('without a look at ECS nobody is told that machines have not joined', () => {
    const evidence = withEnvironment({
      groups: [group({ instances: [{ id: 'i-1', launchedAt: ago(25) }] })],
    });
    expect(diagnose({ ...evidence, notSeen: [unseen('ecs:ListContainerInstances')] })).toMatchObject({
      code: 'UNDETERMINED',
      summary: expect.stringContaining('ecs:ListContainerInstances'),
    });
  });
});
