import { describe, expect, test } from 'vitest';
import {
  account,
  arn,
  checkNamed,
  codes,
  environment,
  findings,
  judge,
  known,
  onDemand,
  queueFacts,
  refused,
  wantedClass,
  withEnvironment,
  withQueue,
} from './scene.ts';

test('an account that is right has no finding, and every check is done', () => {
  const checks = judge(account());
  expect(checks.flatMap((check) => [...check.findings, ...check.notDone])).toEqual([]);
  expect(checks.filter(({ nothing }) => nothing !== undefined)).toEqual([]);
});

describe('a queue', () => {
  test('that does not exist is told once, and nothing else of it', () => {
    const facts = account({ queues: [{ ...queueFacts({ environments: [] }), queue: known(undefined) }] });
    expect(findings(facts)).toMatchObject([
      { code: 'queue-missing', about: 'queue spot', seen: expect.stringContaining(arn('spot')) },
    ]);
  });

  test('that is disabled is enabled by its ARN', () => {
    expect(findings(withQueue({ queue: { state: 'DISABLED' } }))).toMatchObject([
      {
        code: 'queue-disabled',
        severity: 'error',
        fix: `aws batch update-job-queue --region us-east-1 --job-queue ${arn('spot')} --state ENABLED`,
      },
    ]);
  });

  test('that is INVALID although its environments are not says what Batch says', () => {
    const found = findings(withQueue({ queue: { status: 'INVALID', statusReason: 'broken' } }));
    expect(found).toMatchObject([{ code: 'queue-invalid', seen: expect.stringContaining('"broken"') }]);
  });

  test('that is INVALID because of an environment blames that one', () => {
    const environments = [environment({ status: 'INVALID', statusReason: 'no role' })];
    expect(codes(withQueue({ environments, queue: { status: 'INVALID' } }))).toEqual(['environment-invalid']);
  });

  test.each(['UPDATING', 'CREATING'])('that is %s becomes VALID by itself: a warning to wait', (status) => {
    expect(findings(withQueue({ queue: { status } }))).toMatchObject([
      { code: 'queue-settling', severity: 'warning', fix: expect.stringContaining('Wait until') },
    ]);
  });

  test.each(['DELETING', 'DELETED'])('that is %s never becomes VALID again', (status) => {
    expect(findings(withQueue({ queue: { status } }))).toMatchObject([
      { code: 'queue-invalid', severity: 'error' },
    ]);
  });

  test('of Fargate is told of the queue, not again of its environments', () => {
    const environments = [environment({ buys: 'FARGATE' })];
    expect(codes(withQueue({ environments, queue: { kind: 'ECS_FARGATE' } }))).toEqual(['queue-kind']);
  });

  test('of another kind is not looked into', () => {
    const environments = [environment({ maxVcpus: 0, types: ['c99z'] })];
    expect(codes(withQueue({ environments, queue: { kind: 'EKS' } }))).toEqual(['queue-kind']);
  });

  test('that is INVALID because an environment is gone blames that', () => {
    const queue = { status: 'INVALID', environments: ['arn:gone'] };
    expect(codes(withQueue({ environments: [], queue }))).toEqual(['environment-missing']);
  });

  test.each([0, 4])('with %i environments cannot be', (count) => {
    const environments = Array.from({ length: count }, (_, at) => environment({ name: `ce-${at}` }));
    expect(codes(withQueue({ environments }))).toEqual(['queue-environments']);
  });

  test('that names an environment that is gone keeps the others', () => {
    const queue = { environments: ['arn:gone', environment().arn] };
    expect(findings(withQueue({ queue }))).toMatchObject([
      {
        code: 'environment-missing',
        seen: expect.stringContaining('arn:gone'),
        fix: expect.stringContaining('order=1,computeEnvironment=spot-1'),
      },
    ]);
  });
});

describe('a compute environment', () => {
  test.each([
    { part: { state: 'DISABLED' }, code: 'environment-disabled' },
    { part: { status: 'INVALID' }, code: 'environment-invalid' },
    { part: { status: 'DELETING' }, code: 'environment-invalid' },
    { part: { managed: false, buys: '' }, code: 'environment-unmanaged' },
    { part: { buys: 'FARGATE_SPOT' }, code: 'environment-not-instances' },
    { part: { orchestration: 'EKS' }, code: 'environment-not-ecs' },
    { part: { minVcpus: 4 }, code: 'idle-minimum' },
    { part: { strategy: 'BEST_FIT', spotFleetRole: 'arn:role' }, code: 'best-fit' },
    { part: { strategy: 'BEST_FIT' }, code: 'best-fit-fleet-role' },
    { part: { maxVcpus: 0 }, code: 'max-vcpus-below-slice' },
  ])('with $part gives $code and nothing else', ({ part, code }) => {
    // Batch does not say of which kind a queue is where this is all there is to see.
    const environments = [environment(part)];
    const [facts] = [withQueue({ environments })];
    const queues = facts.queues.map((one) => {
      if (!one.queue.known || one.queue.value === undefined) return one;
      const { kind: _, ...queue } = one.queue.value;
      return { ...one, queue: known(queue) };
    });
    expect(codes({ ...facts, queues })).toEqual([code]);
  });

  test('that is INVALID says why, in the words of Batch', () => {
    const facts = withEnvironment({ status: 'INVALID', statusReason: 'CLIENT_ERROR - not authorized' });
    expect(findings(facts)).toMatchObject([
      { about: 'compute environment spot-1', seen: expect.stringContaining('CLIENT_ERROR - not authorized') },
    ]);
  });

  test.each(['UPDATING', 'CREATING'])('that is %s is on its way', (status) => {
    expect(codes(withEnvironment({ status }))).toEqual([]);
  });

  test.each([
    { part: { state: 'DISABLED' }, code: 'spare-environment-disabled' },
    { part: { status: 'INVALID' }, code: 'spare-environment-invalid' },
    { part: { managed: false, buys: '' }, code: 'spare-environment-foreign' },
    { part: { orchestration: 'EKS' }, code: 'spare-environment-foreign' },
    { part: { buys: 'FARGATE' }, code: 'spare-environment-foreign' },
  ])('with $part beside a good one is a warning', ({ part, code }) => {
    const environments = [environment(), environment({ name: 'spot-2', ...part })];
    expect(findings(withQueue({ environments }))).toMatchObject([{ code, severity: 'warning' }]);
  });

  test('of another kind beside good ones is taken out of the order', () => {
    const environments = [
      environment({ name: 'own', managed: false }),
      environment(),
      environment({ name: 'spot-2' }),
    ];
    expect(findings(withQueue({ environments }))).toMatchObject([
      {
        about: 'compute environment own',
        fix: expect.stringMatching(
          / --compute-environment-order order=1,computeEnvironment=spot-1 order=2,computeEnvironment=spot-2$/,
        ),
      },
    ]);
  });

  test('of On-Demand needs no fleet role', () => {
    const environments = [onDemand({ strategy: 'BEST_FIT' })];
    expect(codes(withQueue({ environments, wanted: { capacity: 'on-demand' } }))).toEqual(['best-fit']);
  });

  test('that takes no slices buys nothing that could differ from muster.yaml', () => {
    const environments = [onDemand({ state: 'DISABLED' })];
    expect(codes(withQueue({ environments, wanted: { capacity: 'on-demand' } }))).toEqual([
      'environment-disabled',
    ]);
  });

  test('that is disabled beside a good one is told of once, though muster.yaml counts on it', () => {
    const environments = [environment(), onDemand({ state: 'DISABLED', types: ['m7a'], maxVcpus: 100 })];
    const wanted = { capacity: 'spot-first', instances: ['c7a', 'm7a'], maxVcpus: 356 } as const;
    expect(codes(withQueue({ environments, wanted }))).toEqual(['spare-environment-disabled']);
  });

  test('that is disabled still costs its minimum', () => {
    expect(codes(withEnvironment({ state: 'DISABLED', minVcpus: 8 }))).toEqual([
      'environment-disabled',
      'idle-minimum',
    ]);
  });

  test('of two queues is told of once', () => {
    const environments = [environment({ minVcpus: 2 })];
    const queues = [queueFacts({ environments }), queueFacts({ environments, wanted: { name: 'other' } })];
    expect(codes(account({ queues }))).toEqual(['idle-minimum']);
  });

  test('that takes no slices leaves the later checks without anything to look at', () => {
    const checks = judge(withEnvironment({ state: 'DISABLED' }));
    for (const name of ['room', 'declared', 'templates', 'volumes', 'types', 'offerings', 'fit', 'vcpus']) {
      expect(checkNamed(checks, name)).toMatchObject({ findings: [], nothing: expect.any(String) });
    }
  });
});

describe('what the environments of a queue buy', () => {
  const spotThenOnDemand = [environment(), onDemand()];

  test.each([
    { capacity: 'spot', environments: [environment()], right: true },
    { capacity: 'on-demand', environments: [onDemand()], right: true },
    { capacity: 'spot-first', environments: spotThenOnDemand, right: true },
    { capacity: 'spot', environments: [onDemand()], right: false },
    { capacity: 'on-demand', environments: [environment()], right: false },
    { capacity: 'spot-first', environments: [environment()], right: false },
    { capacity: 'spot-first', environments: spotThenOnDemand.toReversed(), right: false },
    { capacity: 'spot', environments: spotThenOnDemand, right: false },
  ] as const)('is `$capacity` of muster.yaml: $right', ({ capacity, environments, right }) => {
    expect(codes(withQueue({ wanted: { capacity }, environments }))).toEqual(
      right ? [] : ['capacity-differs'],
    );
  });

  test('is written into muster.yaml where there is a word for it', () => {
    expect(findings(withQueue({ environments: [onDemand()] }))).toMatchObject([
      { severity: 'warning', fix: expect.stringContaining('queues.spot.capacity: on-demand') },
    ]);
  });

  test('is put in order where On-Demand comes first', () => {
    const environments = spotThenOnDemand.toReversed();
    expect(findings(withQueue({ wanted: { capacity: 'spot-first' }, environments }))).toMatchObject([
      { fix: expect.stringMatching(/order=1,computeEnvironment=spot-1 order=2,computeEnvironment=od-1/) },
    ]);
  });
});

describe('maxvCpus', () => {
  test('below one slice tells of the largest class, once', () => {
    const classes = [8, 32, 16].map((vcpus, number) =>
      wantedClass({ vcpus, memoryMib: 1000 * vcpus }, { class: number }),
    );
    const found = findings(withEnvironment({ maxVcpus: 4 }), classes);
    expect(found).toMatchObject([
      {
        code: 'max-vcpus-below-slice',
        severity: 'error',
        seen: 'a slice of grids/toy.yaml, class 1 asks for 32 vCPUs; maxvCpus is 4 at most (spot-1)',
        fix: expect.stringContaining('--compute-environment spot-1 --compute-resources maxvCpus=32'),
      },
    ]);
  });

  describe('of an environment without a type for a slice', () => {
    const small = environment({ types: ['c7a.large', 'c7a.xlarge'], maxVcpus: 256 });
    const large = (maxVcpus: number) => environment({ name: 'spot-2', types: ['c7a.4xlarge'], maxVcpus });
    const wanted = { instances: ['c7a.large', 'c7a.xlarge', 'c7a.4xlarge'] };
    const one = wantedClass({ vcpus: 16, memoryMib: 30_000 });

    test('are no room for it, however many', () => {
      expect(findings(withQueue({ wanted, environments: [small, large(8)] }), [one])).toMatchObject([
        {
          code: 'max-vcpus-below-slice',
          seen: expect.stringContaining('maxvCpus is 8 at most (spot-2); spot-1 has no type that holds it'),
          fix: expect.stringContaining('--compute-environment spot-2 --compute-resources maxvCpus=16'),
        },
      ]);
      expect(codes(withQueue({ wanted, environments: [small, large(16)] }), [one])).toEqual([]);
    });

    test('do not shorten its waves', () => {
      const many = wantedClass({ vcpus: 16, memoryMib: 30_000, concurrent: 4 });
      const environments = [small, large(32)];
      expect(findings(withQueue({ wanted, environments }), [many])).toMatchObject([
        { code: 'max-vcpus-waves', seen: expect.stringContaining('on 32 vCPUs: 2 at once') },
      ]);
    });

    test('count where no environment has a type for it, which is told of the fit', () => {
      const environments = [small, environment({ name: 'spot-2', types: ['c7a.xlarge'], maxVcpus: 256 })];
      expect(
        codes(withQueue({ wanted: { instances: ['c7a.large', 'c7a.xlarge'] }, environments }), [one]),
      ).toEqual(['fit-impossible']);
    });
  });

  test('below one slice is not told again as waves', () => {
    const one = wantedClass({ vcpus: 8, memoryMib: 8000, concurrent: 10 });
    expect(codes(withEnvironment({ maxVcpus: 4 }), [one])).toEqual(['max-vcpus-below-slice']);
  });

  test('of one slice is enough', () => {
    expect(codes(withEnvironment({ maxVcpus: 16 }), [wantedClass({ vcpus: 16, memoryMib: 30_000 })])).toEqual(
      [],
    );
  });

  test('below `concurrent` means waves, and how many', () => {
    const found = findings(withEnvironment({ maxVcpus: 40 }), [
      wantedClass({ vcpus: 4, memoryMib: 7000, concurrent: 50 }),
    ]);
    expect(found).toMatchObject([
      {
        code: 'max-vcpus-waves',
        severity: 'warning',
        seen: '100 slices of 4 vCPUs, 50 at once, on 40 vCPUs: 10 at once, in 10 waves instead of 2',
        fix: expect.stringMatching(/maxvCpus=200.*resources\.concurrent: 10/),
      },
    ]);
  });

  test('of several environments add up by whole slices', () => {
    const environments = [environment({ maxVcpus: 6 }), environment({ name: 'spot-2', maxVcpus: 6 })];
    const job = { vcpus: 4, memoryMib: 7000 };
    expect(codes(withQueue({ environments }), [wantedClass({ ...job, concurrent: 2 })])).toEqual([]);
    expect(codes(withQueue({ environments }), [wantedClass({ ...job, concurrent: 3 })])).toEqual([
      'max-vcpus-waves',
    ]);
  });

  test('below all slices is as it should be where no grid says how many at once', () => {
    expect(codes(withEnvironment({ maxVcpus: 16 }), [wantedClass({}, { slices: 10_000 })])).toEqual([]);
  });

  test('is not compared with more at once than there are slices', () => {
    expect(
      codes(withEnvironment({ maxVcpus: 16 }), [wantedClass({ concurrent: 1000 }, { slices: 16 })]),
    ).toEqual([]);
  });
});

describe('muster.yaml', () => {
  test('that says other instances is corrected', () => {
    expect(findings(withEnvironment({ types: ['m7a', 'c7a'] }))).toMatchObject([
      { code: 'instances-differ', fix: 'Write `queues.spot.instances: [m7a, c7a]` in muster.yaml.' },
    ]);
  });

  test('that promises more instances than there are is corrected', () => {
    expect(codes(withEnvironment({}, { instances: ['c7a', 'm7a'] }))).toEqual(['instances-differ']);
  });

  test('that says nothing means the bundle of the architecture', () => {
    const { instances: _, ...wanted } = queueFacts().wanted;
    const silent = account({ queues: [{ ...queueFacts(), wanted }] });
    expect(findings(silent)).toMatchObject([
      { code: 'instances-differ', seen: expect.stringContaining('those of c6i, c7i, m6i, r6i; ') },
    ]);
  });

  test('may name a bundle by another name, or what it stands for', () => {
    const types = ['c6i', 'c7i', 'm6i', 'r6i'];
    const facts = withEnvironment({ types }, { instances: ['optimal'] });
    expect(checkNamed(judge(facts), 'declared').findings).toEqual([]);
  });

  test('need not name sizes of a family that it names', () => {
    expect(codes(withEnvironment({ types: ['c7a', 'c7a.large'] }))).toEqual([]);
  });

  test('that says other vCPUs is corrected with the sum', () => {
    const environments = [environment(), environment({ name: 'spot-2', maxVcpus: 64 })];
    expect(findings(withQueue({ wanted: { maxVcpus: 256 }, environments }))).toMatchObject([
      { code: 'max-vcpus-differ', fix: 'Write `queues.spot.max_vcpus: 320` in muster.yaml.' },
    ]);
  });
});

describe('a refused call', () => {
  test('about queues leaves their checks undone, and nothing is guessed', () => {
    const answer = refused('batch:DescribeJobQueues');
    const checks = judge(account({ queues: [{ ...queueFacts(), queue: answer, environments: answer }] }));
    expect(checks.flatMap((check) => check.findings)).toEqual([]);
    for (const check of checks) {
      expect(check.notDone).toEqual([{ action: 'batch:DescribeJobQueues', why: 'not allowed' }]);
    }
  });

  test('about environments leaves the queue judged', () => {
    const queues = [
      {
        ...queueFacts({ queue: { state: 'DISABLED' } }),
        environments: refused('batch:DescribeComputeEnvironments'),
      },
    ];
    const checks = judge(account({ queues }));
    expect(checkNamed(checks, 'queues')).toMatchObject({
      findings: [{ code: 'queue-disabled' }],
      notDone: [],
    });
    expect(checkNamed(checks, 'environments').notDone).toHaveLength(1);
  });
});

test('faults in combination give all of theirs', () => {
  const environments = [
    environment({ minVcpus: 2, strategy: 'BEST_FIT', spotFleetRole: 'arn:role' }),
    onDemand({ name: 'spot-2', state: 'DISABLED' }),
  ];
  const facts = withQueue({
    environments,
    queue: { state: 'DISABLED' },
    wanted: { maxVcpus: 1, capacity: 'on-demand' },
  });
  expect(codes(facts).toSorted()).toEqual([
    'best-fit',
    'capacity-differs',
    'idle-minimum',
    'max-vcpus-differ',
    'queue-disabled',
    'spare-environment-disabled',
  ]);
});
