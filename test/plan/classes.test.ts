import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../src/errors.ts';
import type { Resources } from '../../src/grid/grid.ts';
import { shippedPrices } from '../../src/money/prices.ts';
import { classify } from '../../src/plan/classes.ts';
import { type PlanEngine, queueChooser } from '../../src/plan/queues.ts';
import { loadedGrid, smallGrid } from './small-grid.ts';

const arn = 'arn:aws:batch:us-east-1:123456789012:job-queue/any';

const machine = queueChooser({
  kind: 'local',
  vcpus: 4,
  memoryMib: 8192,
  architecture: 'amd64',
  usdPerVcpuHour: 0,
});
const cloud: PlanEngine = {
  kind: 'aws-batch',
  prices: shippedPrices,
  queues: {
    'intel-spot': { arn, architecture: 'amd64', capacity: 'spot' },
    'graviton-spot': { arn, architecture: 'arm64', capacity: 'spot' },
    'intel-first': { arn, architecture: 'amd64', capacity: 'spot-first', maxVcpus: 8 },
  },
};
const resources = smallGrid.resources;

describe('classes', () => {
  test('of a grid that asks the same for all are one, without expanding it', () => {
    const loaded = loadedGrid(1_000_000);
    expect(classify(loaded, machine)).toEqual({
      combinations: 1_000_000,
      classes: [
        {
          class: 0,
          resources: {
            vcpus: 1,
            memoryMib: 1024,
            gpus: 0,
            architecture: 'amd64',
            capacity: 'spot',
            ulimits: {},
          },
          queue: 'local',
          image: 'demo',
          timeoutSeconds: 3600,
          expectedSeconds: 600,
        },
      ],
      members: [{ class: 0, indexes: [[0, 1_000_000]] }],
    });
    expect(loaded.expanded).toBe(1);
  });

  test('part combinations that ask for different resources, in order of first appearance', () => {
    const changes = { resources: { ...resources, vcpus: '{n}' } };
    const found = classify(
      loadedGrid(6, changes, (index) => (index % 3 === 1 ? 2 : 4)),
      machine,
    );
    expect(found.classes.map((one) => [one.class, one.resources.vcpus])).toEqual([
      [0, 4],
      [1, 2],
    ]);
    expect(found.members).toEqual([
      {
        class: 0,
        indexes: [
          [0, 1],
          [2, 4],
          [5, 6],
        ],
      },
      {
        class: 1,
        indexes: [
          [1, 2],
          [4, 5],
        ],
      },
    ]);
  });

  test.each([
    { what: 'timeouts', changes: { timeout: '{n} min' } },
    { what: 'images', changes: { program: { ...smallGrid.program, image: 'demo-{n}' } } },
  ])('part combinations with different $what', ({ changes }) => {
    expect(
      classify(
        loadedGrid(3, changes, (index) => index + 1),
        machine,
      ).classes,
    ).toHaveLength(3);
  });

  test('are not parted by expected durations, which average', () => {
    const { classes } = classify(
      loadedGrid(100, { expected: '{n} s' }, (index) => index + 1),
      machine,
    );
    expect(classes).toHaveLength(1);
    expect(classes[0]?.expectedSeconds).toBe(50.5); // mean of 1..100
  });

  test('are 50 at most; the message names what varies', () => {
    const changes = { resources: { ...resources, memory: '{n} MiB' } };
    const values = (index: number) => 1024 + index;
    expect(classify(loadedGrid(50, changes, values), machine).classes).toHaveLength(50);
    expect(() => classify(loadedGrid(51, changes, values), machine)).toThrow(
      /more than 50 different sets of resources: memory \(51 values\) vary/,
    );
  });

  test('of an empty grid are none', () => {
    expect(classify(loadedGrid(0), machine)).toEqual({ combinations: 0, classes: [], members: [] });
  });
});

describe('the choice of a queue', () => {
  const choose = queueChooser(cloud);
  const asked = {
    vcpus: 1,
    memoryMib: 1024,
    gpus: 0,
    architecture: 'any',
    capacity: 'spot',
    ulimits: {},
  } as const;

  test('resolves any architecture to the cheaper one', () => {
    // c6g 0.034 a vCPU-hour against c6i 0.0425
    expect(choose(asked)).toEqual({
      outcome: 'chosen',
      queue: 'graviton-spot',
      queueId: arn,
      architecture: 'arm64',
    });
  });

  test('keeps an architecture that the grid names', () => {
    expect(choose({ ...asked, architecture: 'amd64' })).toMatchObject({ queue: 'intel-spot' });
  });

  test('keeps a queue that the grid names', () => {
    expect(choose({ ...asked, queue: 'intel-spot' })).toMatchObject({
      queue: 'intel-spot',
      architecture: 'amd64',
    });
  });

  test('never takes another capacity', () => {
    expect(choose({ ...asked, capacity: 'spot-first' })).toMatchObject({ queue: 'intel-first' });
    expect(choose({ ...asked, capacity: 'on-demand' })).toMatchObject({ outcome: 'none' });
  });

  test('never takes a queue smaller than one slice', () => {
    expect(choose({ ...asked, capacity: 'spot-first', vcpus: 8 }).outcome).toBe('chosen');
    expect(choose({ ...asked, capacity: 'spot-first', vcpus: 9 }).outcome).toBe('none');
  });

  test('says which queues there are when none fits', () => {
    const choice = choose({ ...asked, architecture: 'arm64', capacity: 'spot-first' });
    expect(choice.outcome === 'none' ? choice.problem.message : '').toBe(
      'No queue takes architecture arm64, capacity spot-first, 1 vCPU: there is intel-spot (amd64, spot), ' +
        'graviton-spot (arm64, spot), intel-first (amd64, spot-first, at most 8 vCPU).',
    );
  });

  test('names the line to write for the queue that differs least', () => {
    const fix = (changes: Partial<Resources>) => {
      const choice = choose({ ...asked, ...changes });
      return choice.outcome === 'none' ? choice.problem.fix : undefined;
    };
    expect(fix({ capacity: 'on-demand' })).toBe(
      'Write `capacity: spot` in `resources`, or add a queue to muster.yaml.',
    );
    expect(fix({ capacity: 'spot-first', architecture: 'arm64' })).toMatch(/^Write `capacity: spot` in/);
    expect(fix({ queue: 'intel-first', architecture: 'arm64' })).toMatch(
      /^Write `capacity: spot-first, architecture: amd64` in/,
    );
    expect(fix({ queue: 'intel-first', vcpus: 9 })).toBe(
      'Ask for less in `resources`, or add a queue to muster.yaml.',
    );
  });

  test('suggests the queue that was meant', () => {
    const choice = choose({ ...asked, queue: 'gravitn-spot' });
    expect(choice.outcome === 'none' ? choice.problem.fix : '').toBe('Did you mean `graviton-spot`?');
    expect(choose({ ...asked, queue: 'constructor' }).outcome).toBe('none');
  });

  test('refuses what fits no instance', () => {
    const choice = choose({ ...asked, memoryMib: 10_000_000 });
    expect(choice.outcome === 'none' ? choice.problem.message : '').toContain('1 vCPU, 10000000 MiB');
    expect(choose({ ...asked, gpus: 1 }).outcome).toBe('none');
  });

  test('is reported with the grid file and the combination', () => {
    const changes = { resources: { ...resources, queue: 'q{n}' } };
    const failure = (() => {
      try {
        return classify(loadedGrid(2, changes), choose);
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(String(failure)).toContain(
      'grids/small.yaml: There is no queue `q0` in muster.yaml. First met at combination 0 (n=0).',
    );
  });

  test('of one machine takes its own architecture for any, and leaves a named one', () => {
    expect(machine(asked)).toMatchObject({ queue: 'local', architecture: 'amd64' });
    expect(machine({ ...asked, architecture: 'arm64' })).toMatchObject({ architecture: 'arm64' });
  });
});
