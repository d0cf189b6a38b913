import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Forge } from '../../src/forge/forge.ts';
import type { Clock, RunDeps, RunEventLog } from '../../src/run/deps.ts';
import { createDocument } from '../../src/run/documents.ts';
import type { RunRecord } from '../../src/run/records.ts';
import { openDirectoryStore } from '../../src/store/directory.ts';
import { runKey } from '../../src/store/keys.ts';
import type { Store } from '../../src/store/store.ts';
import { ScriptedEngine } from './scripted-engine.ts';

/** A clock that stands still until someone sleeps or a test lets time pass. */
export class StillClock implements Clock {
  #now = Date.parse('2026-01-01T00:00:00Z');
  now(): Date {
    return new Date(this.#now);
  }
  async sleep(seconds: number): Promise<void> {
    this.pass(seconds);
  }
  pass(seconds: number): void {
    this.#now += seconds * 1000;
  }
}

export interface Scene {
  /** The run the scene is about; `writeRun` changes it. */
  run: string;
  readonly deps: RunDeps;
  readonly store: Store;
  readonly engine: ScriptedEngine;
  readonly clock: StillClock;
  readonly log: RunEventLog[];
}

/** A real directory store (unless told), an engine that a test scripts, and a clock that stands still. */
export function openScene(
  folder: string,
  forge?: Forge,
  store: Store = openDirectoryStore(join(folder, 'store')),
): Scene {
  const engine = new ScriptedEngine();
  const clock = new StillClock();
  const log: RunEventLog[] = [];
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch, { recursive: true });
  const deps: RunDeps = {
    store,
    engine,
    clock,
    forge: forge as Forge, // verbs that show nothing never touch it
    planEngine: { kind: 'local', vcpus: 4, memoryMib: 8192, architecture: 'amd64', usdPerVcpuHour: 0.05 },
    settings: { money: {}, watchSeconds: 600 },
    owner: 'me',
    isGone: () => false,
    actor: 'ana',
    version: '0.0.0',
    scratch,
    log: (event) => log.push(event),
  };
  return { run: '', deps, store, engine, clock, log };
}

/** A run of so many combinations, one slice each, ready to be started. */
export async function writeRun(
  scene: Scene,
  options: {
    readonly combinations: number;
    readonly name?: string;
    readonly pilot?: number;
    readonly budgetUsd?: number;
    /** One array for all without it. */
    readonly slicesAnArray?: number;
  },
): Promise<RunRecord> {
  const name = options.name ?? 'demo';
  const whole = runRecord(`${name}-0123456789ab`, options.combinations, options.pilot ?? 0);
  const { firstRound } = whole;
  const plain = { ...whole, firstRound: { ...firstRound, arrays: inParts(firstRound.arrays, options) } };
  const { budgetUsd } = options;
  const run =
    budgetUsd === undefined
      ? plain
      : {
          ...plain,
          budgetUsd,
          grid: { ...plain.grid, budget: { usd: budgetUsd } },
          firstRound: { ...plain.firstRound, budgetUsd },
        };
  scene.run = run.run;
  await createDocument(scene.store, runKey(run.run), run);
  return run;
}

/** The slices of the only array spread over several. */
function inParts(
  [array]: RunRecord['firstRound']['arrays'],
  { slicesAnArray = Number.POSITIVE_INFINITY }: { readonly slicesAnArray?: number },
): RunRecord['firstRound']['arrays'] {
  const { slices = 0 } = array ?? {};
  return Array.from({ length: Math.max(1, Math.ceil(slices / slicesAnArray)) }, (_, number) => {
    const firstSlice = number === 0 ? 0 : number * slicesAnArray;
    return { array: number, class: 0, firstSlice, slices: Math.min(slicesAnArray, slices - firstSlice) };
  });
}

function runRecord(run: string, combinations: number, pilot: number): RunRecord {
  const resources = {
    vcpus: 1,
    memoryMib: 1024,
    gpus: 0,
    architecture: 'amd64' as const,
    capacity: 'spot' as const,
    ulimits: {},
  };
  const classes = [{ class: 0, resources, queue: 'q', image: 'demo', timeoutSeconds: 3600 }];
  const createdAt = '2026-01-01T00:00:00.000Z';
  return {
    schema: 1,
    run,
    grid: {
      name: run.slice(0, -13),
      program: {
        image: 'demo',
        command: ['true'],
        environment: {},
        files: [],
        inputs: [],
        outputs: [],
        results: {},
        credentials: false,
      },
      shape: {},
      slice: { combinations: 1, per: 'combination' },
      resources: { ...resources, memory: 1024 },
      retry: { attempts: 3, onExit: [75] },
      timeout: 3600,
      failures: { stopAfter: { kind: 'share', share: 0.1 } },
      keep: { onFailure: [] },
      launch: { on: 'manual', pilot: 0 },
    },
    source: { path: 'grids/demo.yaml', sha256: 'ab' },
    data: [],
    provenance: { repository: 'lab/grids', commit: null, actor: 'ana', engine: 'scripted', version: '0.0.0' },
    images: { demo: { name: 'demo', identity: 'cd' } },
    classes,
    members: [{ class: 0, indexes: [[0, combinations]] }],
    combinations,
    reused: null,
    settled: [],
    selected: null,
    pilot,
    firstRound: {
      schema: 1,
      run,
      round: 0,
      reason: pilot > 0 ? 'pilot' : 'launch',
      note: '',
      actor: 'ana',
      createdAt,
      classes,
      groups: [
        {
          class: 0,
          indexes:
            pilot > 0
              ? [
                  [0, 1],
                  [combinations - 1, combinations],
                ]
              : [[0, combinations]],
          sliceSize: 1,
        },
      ],
      arrays: [{ array: 0, class: 0, firstSlice: 0, slices: pilot > 0 ? 2 : combinations }],
      attempts: 3,
      environment: {},
      again: false,
      budgetUsd: null,
      stopAfterFailures: 3,
    },
    axes: [],
    estimate: { usd: null, hours: null, ceilingUsd: 1, overshootUsd: 0, pricesDate: '2026-07-20' },
    budgetUsd: null,
    createdAt,
  };
}
