import { describe, expect, test } from 'vitest';
import type { EnvironmentFacts, InstanceType } from '../../../src/preflight/capacity/facts.ts';
import { fitRows } from '../../../src/preflight/capacity/fit.ts';
import { fitTables } from '../../../src/preflight/capacity/fit-table.ts';
import { recommendation } from '../../../src/preflight/capacity/recommend.ts';
import type { WantedQueue } from '../../../src/preflight/wanted.ts';
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
  refused,
  typeFacts,
  wantedClass,
  withEnvironment,
  withQueue,
} from './scene.ts';

/** A queue that starts just these types. */
function on(
  types: readonly InstanceType[],
  wanted: Partial<WantedQueue> = {},
  part: Partial<EnvironmentFacts> = {},
) {
  const entries = types.map(({ type }) => type);
  const [architecture = 'amd64'] = types[0]?.architectures ?? [];
  const environments = [environment({ types: entries, ...part })];
  const scene = { wanted: { instances: entries, architecture, ...wanted }, environments };
  return withQueue(scene, { types: typeFacts(types) });
}

describe('the published table of whole instances', () => {
  test.each(['c7g.4xlarge', 'c6i.4xlarge', 'c6g.4xlarge'])('recommends 15 vCPU and 30 GiB for %s', (type) => {
    expect(recommendation(instanceType(type))).toEqual({ vcpus: 15, memoryMib: 30_278, memoryGib: 30 });
  });

  test.each(['c7g.4xlarge', 'c6i.4xlarge', 'c6g.4xlarge'])(
    'has no objection to 15 vCPU and 30,000 MiB on %s',
    (type) => {
      expect(codes(on([instanceType(type)]), [wantedClass({ vcpus: 15, memoryMib: 30_000 })])).toEqual([]);
    },
  );

  test('calls 15 vCPU and 30 GiB on 16/32 tight: it fits, and tells the exact number', () => {
    const found = findings(on([instanceType('c7g.4xlarge')]), [
      wantedClass({ vcpus: 15, memoryMib: 30_720 }),
    ]);
    expect(found).toMatchObject([
      {
        code: 'fit-tight',
        severity: 'warning',
        seen: 'a slice asks for 15 vCPU, 30720 MiB, 93.8 % of the memory of c7g.4xlarge (32768 MiB)',
        fix: 'Write `resources.memory: 30278 MiB` in grids/toy.yaml: that can be counted on. To have c7g.4xlarge to itself, a slice asks for 15 vCPU and 30278 MiB (about 30 GiB).',
      },
    ]);
  });

  test('calls 16 vCPU and 32 GiB on 16/32 impossible, and recommends what fits', () => {
    const found = findings(on([instanceType('c7g.4xlarge')]), [
      wantedClass({ vcpus: 16, memoryMib: 32_768 }),
    ]);
    expect(found).toMatchObject([
      {
        code: 'fit-impossible',
        severity: 'error',
        about: 'grids/toy.yaml, class 0',
        fix: expect.stringMatching(/resources\.memory: 30278 MiB.*15 vCPU and 30278 MiB \(about 30 GiB\)/),
      },
    ]);
  });

  test('calls 16384 MiB impossible on every c5 up to 2xlarge', () => {
    const c5 = family('c5', 'large', 'xlarge', '2xlarge');
    expect(findings(on(c5), [wantedClass({ memoryMib: 16_384 })])).toMatchObject([
      {
        code: 'fit-impossible',
        seen: expect.stringContaining('the largest of 3 types, c5.2xlarge, has 8 vCPU'),
      },
    ]);
  });
});

describe('a recommendation', () => {
  test.each([
    { type: 'c7a.large', vcpus: 1, memoryMib: 3756, memoryGib: 3, why: '4 GiB would be all of it' },
    { type: 'c7a.2xlarge', vcpus: 7, memoryMib: 15_123, memoryGib: 15, why: '14.8 GiB' },
    { type: 'm7a.4xlarge', vcpus: 15, memoryMib: 60_588, memoryGib: 59, why: '59.2 GiB' },
  ])('for $type says $memoryGib GiB: $why', ({ type, why: _, ...expected }) => {
    expect(recommendation(instanceType(type))).toEqual(expected);
  });

  test('leaves the one vCPU that there is', () => {
    expect(recommendation({ vcpus: 1, memoryMib: 2048 }).vcpus).toBe(1);
  });
});

describe('slices', () => {
  test('that fit one type of several are not tight', () => {
    expect(
      codes(on(family('c7a', '4xlarge', '8xlarge')), [wantedClass({ vcpus: 30, memoryMib: 60_000 })]),
    ).toEqual([]);
  });

  test('that are tight on one size take half of the next: that is wasteful, and little less packs', () => {
    const found = findings(on(family('c7a', '4xlarge', '8xlarge')), [
      wantedClass({ vcpus: 15, memoryMib: 30_720 }),
    ]);
    expect(found).toMatchObject([
      {
        code: 'fit-wasteful',
        seen: expect.stringContaining(
          'c7a.8xlarge (32 vCPU, 65536 MiB), 1 slice leaves 53 % of the vCPUs unused',
        ),
        fix: expect.stringContaining(
          '`resources.memory: 30294 MiB` in grids/toy.yaml, so that 2 share a c7a.8xlarge',
        ),
      },
    ]);
  });

  test.each([
    { vcpus: 12, found: [] },
    { vcpus: 11, found: ['fit-wasteful'] },
  ])('of $vcpus of 16 vCPUs: $found', ({ vcpus, found }) => {
    expect(codes(on([instanceType('c7a.4xlarge')]), [wantedClass({ vcpus, memoryMib: 20_000 })])).toEqual(
      found,
    );
  });

  test('that leave vCPUs over are told how many would share', () => {
    expect(
      findings(on([instanceType('c7a.4xlarge')]), [wantedClass({ vcpus: 9, memoryMib: 9000 })]),
    ).toMatchObject([
      {
        fix: expect.stringContaining('`resources.vcpus: 8` in grids/toy.yaml, so that 2 share a c7a.4xlarge'),
      },
    ]);
  });

  test('are judged by the type that they fill best', () => {
    // 1 of 10 vCPUs on 16, 3 on 32.
    const one = wantedClass({ vcpus: 10, memoryMib: 15_000 });
    expect(codes(on(family('c7a', '4xlarge', '8xlarge')), [one])).toEqual([]);
    expect(codes(on(family('c7a', '4xlarge')), [one])).toEqual(['fit-wasteful']);
  });

  test('that fill the best of several types are not wasteful', () => {
    expect(codes(on(family('c7a')), [wantedClass({ vcpus: 2, memoryMib: 3700 })])).toEqual([]);
  });

  test('with more vCPUs than any type has are impossible', () => {
    expect(codes(on(family('c7a', 'large')), [wantedClass({ vcpus: 3, memoryMib: 1000 })])).toEqual([
      'fit-impossible',
    ]);
  });

  test('that are too wide are told how many vCPUs there are', () => {
    const one = wantedClass({ vcpus: 20, memoryMib: 8000 });
    expect(findings(on(family('c7a', '4xlarge')), [one])).toMatchObject([
      { fix: expect.stringMatching(/^Write `resources\.vcpus: 16` in grids\/toy\.yaml, or let queue spot/) },
    ]);
  });

  test('that are too large are compared with types that are wide enough', () => {
    const types = [instanceType('r7a.xlarge'), instanceType('c7a.2xlarge')];
    expect(findings(on(types), [wantedClass({ vcpus: 8, memoryMib: 20_000 })])).toMatchObject([
      { fix: expect.stringContaining('Write `resources.memory: 15123 MiB` in grids/toy.yaml, or') },
    ]);
  });

  test('are judged on all types where none is offered, which is told besides', () => {
    const facts = on(family('c7a', 'large'));
    const types = { ...facts.types, offered: known(new Map([['us-east-1a', new Set<string>()]])) };
    const large = [wantedClass({ memoryMib: 9000 })];
    expect(codes({ ...facts, types }, large)).toEqual(['types-not-offered', 'fit-impossible']);
    expect(codes({ ...facts, types })).toEqual(['types-not-offered']);
  });

  test('are placed on an environment further down the order', () => {
    const environments = [
      environment({ types: ['c7a.large'] }),
      environment({ name: 'b', types: ['c7a.8xlarge'] }),
    ];
    const wanted = { instances: ['c7a.large', 'c7a.8xlarge'] };
    expect(
      codes(withQueue({ wanted, environments }), [wantedClass({ vcpus: 32, memoryMib: 60_000 })]),
    ).toEqual([]);
  });

  test('are not placed on an environment whose maxvCpus allow none of them', () => {
    const environments = [
      environment({ types: ['c7a.4xlarge'], maxVcpus: 15 }),
      environment({ name: 'b', types: ['c7a.8xlarge'], maxVcpus: 8 }),
    ];
    const wanted = { instances: ['c7a.4xlarge', 'c7a.8xlarge'] };
    expect(
      codes(withQueue({ wanted, environments }), [wantedClass({ vcpus: 15, memoryMib: 30_720 })]),
    ).toEqual(['fit-tight']);
  });

  test('with GPUs need types that have so many', () => {
    const g5 = instanceType('g5.8xlarge', { gpus: 1, architectures: ['amd64'] });
    const gpuClass = (gpus: number) => [wantedClass({ gpus, vcpus: 4, memoryMib: 8000 })];
    const fit = (gpus: number) => checkNamed(judge(on([g5]), gpuClass(gpus)), 'fit').findings;
    expect(fit(1)).toEqual([]);
    expect(fit(2)).toMatchObject([
      { code: 'fit-impossible', fix: expect.stringContaining('`resources.gpus: 1`') },
    ]);
    expect(codes(on(family('c7a')), gpuClass(1))).toEqual(['fit-impossible']);
  });

  test('are not judged on bare machines, which a family does not name', () => {
    const types = [...family('c7a', 'large'), instanceType('c7a.metal-48xl')];
    const facts = withEnvironment({ types: ['c7a'] });
    expect(
      codes({ ...facts, types: typeFacts(types) }, [wantedClass({ vcpus: 4, memoryMib: 4000 })]),
    ).toEqual(['fit-impossible']);
  });

  test('may ask for a bare machine by its name', () => {
    expect(
      codes(on([instanceType('c7a.metal-48xl')]), [wantedClass({ vcpus: 90, memoryMib: 90_000 })]),
    ).toEqual([]);
  });

  test('of several classes are told of by class', () => {
    const classes = [wantedClass(), wantedClass({ memoryMib: 900_000 }, { class: 1, grid: 'grids/b.yaml' })];
    expect(findings(account(), classes).map(({ about }) => about)).toEqual(['grids/b.yaml, class 1']);
  });

  test('of no grid are nothing to judge', () => {
    const checks = judge(account(), []);
    for (const name of ['fit', 'scratch']) {
      expect(checkNamed(checks, name)).toMatchObject({ nothing: 'No grid was given.' });
    }
  });
});

test('the table of the fit has a row for each class and type', () => {
  const rows = fitRows(on(family('c7a', 'large', '4xlarge')), [wantedClass({ vcpus: 4, memoryMib: 9000 })]);
  expect(rows.known && rows.value).toMatchObject([
    { environment: 'spot-1', type: { type: 'c7a.large' }, verdict: 'impossible', perInstance: 0, idle: 1 },
    { environment: 'spot-1', type: { type: 'c7a.4xlarge' }, verdict: 'fits', perInstance: 3, idle: 0.25 },
  ]);
});

test('the table of the fit counts on one tight slice for each instance', () => {
  const rows = fitRows(on(family('c7a', '4xlarge')), [wantedClass({ vcpus: 4, memoryMib: 31_000 })]);
  expect(rows.known && rows.value).toMatchObject([{ verdict: 'tight', perInstance: 1, idle: 0.75 }]);
});

describe('the table of slices on an instance', () => {
  const one = wantedClass({ vcpus: 4, memoryMib: 9000 });

  test('has the types that hold a slice, best filled first, then the smallest', () => {
    const [table] = fitTables(
      on([...family('c7a', 'large', '8xlarge', '4xlarge'), ...family('m7a', 'xlarge')]),
      [one],
    );
    expect(table).toMatchObject({
      about: 'grids/toy.yaml, class 0',
      queue: 'spot',
      vcpus: 4,
      memoryMib: 9000,
    });
    expect(table?.types.map(({ type, perInstance, idle }) => [type, perInstance, idle])).toEqual([
      ['m7a.xlarge', 1, 0],
      ['c7a.4xlarge', 3, 0.25],
      ['c7a.8xlarge', 6, 0.25],
    ]);
  });

  test('has a type of two environments once, and says which are tight', () => {
    const environments = [
      environment({ types: ['c7a.4xlarge'] }),
      environment({ name: 'b', types: ['c7a.4xlarge'] }),
    ];
    const facts = withQueue({ wanted: { instances: ['c7a.4xlarge'] }, environments });
    const tight = wantedClass({ vcpus: 15, memoryMib: 30_720 });
    expect(fitTables(facts, [tight])[0]?.types).toMatchObject([
      { type: 'c7a.4xlarge', perInstance: 1, tight: true },
    ]);
  });

  test('has no line where nothing holds a slice', () => {
    expect(fitTables(on(family('c7a', 'large')), [one])).toMatchObject([{ types: [] }]);
  });

  test('is none where nobody knows the types', () => {
    const answer = refused('ec2:DescribeInstanceTypes');
    expect(fitTables(account({ types: { types: answer, offered: answer } }), [one])).toEqual([]);
  });
});

describe('scratch space', () => {
  const scratch = (scratchGib: number, part = {}) => [
    wantedClass({ vcpus: 4, memoryMib: 7000, scratchGib, ...part }, { slices: 100 }),
  ];
  // Of the volume itself, other tests tell.
  const volume = (gib: number, ...sizes: readonly string[]) =>
    on(family('c7a', ...sizes), { scratchMib: gib * 1024 }, { ownImage: true });

  test.each([
    { gib: 200, found: [] }, // 4 slices of 50 GiB on 16 vCPUs
    { gib: 199, found: ['scratch-too-small'] },
  ])('of 4 slices of 50 GiB on $gib GiB: $found', ({ gib, found }) => {
    expect(codes(volume(gib, '4xlarge'), scratch(50))).toEqual(found);
  });

  test('that only large types overfill is a warning about the worst', () => {
    expect(findings(volume(200, 'xlarge', '4xlarge', '8xlarge'), scratch(50))).toMatchObject([
      {
        code: 'scratch-crowded',
        severity: 'warning',
        seen: 'up to 8 slices of 50 GiB on a c7a.8xlarge: 400 GiB of 200',
      },
    ]);
  });

  test('too small on every type that holds a slice is an error, whatever other types there are', () => {
    expect(codes(volume(100, 'large', '4xlarge'), scratch(50))).toEqual(['scratch-too-small']);
  });

  test('that has not a GiB for each slice is only to be enlarged', () => {
    const fix = (gib: number) => findings(volume(gib, '4xlarge'), scratch(50))[0]?.fix;
    expect(fix(4)).toMatch(/^Write `resources\.scratch: 1 GiB`.*, or enlarge the volume to 200 GiB/);
    expect(fix(3)).toMatch(/^Enlarge the volume to 200 GiB/);
  });

  test('is shared by no more slices than run at once', () => {
    expect(codes(volume(100, '4xlarge'), scratch(50, { concurrent: 2 }))).toEqual([]);
  });

  test('is shared by no more slices than there are', () => {
    expect(
      codes(volume(50, '4xlarge'), [
        wantedClass({ vcpus: 4, memoryMib: 7000, scratchGib: 50 }, { slices: 1 }),
      ]),
    ).toEqual([]);
  });

  test('that a queue does not have is a warning', () => {
    expect(codes(on(family('c7a')), scratch(10))).toEqual(['scratch-unmounted']);
  });
});
