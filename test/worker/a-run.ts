import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { Combination } from '../../src/grid/combination.ts';
import type { Grid, OutputRule, Program } from '../../src/grid/grid.ts';
import { resolveProgram } from '../../src/grid/resolve.ts';
import { type Fragment, type FragmentEntry, fragmentSchema } from '../../src/results/fragment.ts';
import type { ArrayRecord, Phase, RoundRecord, RunRecord, StateRecord } from '../../src/run/records.ts';
import { openDirectoryStore } from '../../src/store/directory.ts';
import {
  arrayKey,
  combinationBlockKey,
  fragmentsPrefix,
  programFileKey,
  roundKey,
  runKey,
  stateKey,
} from '../../src/store/keys.ts';
import { absent, ifVersion, type Store } from '../../src/store/store.ts';
import type { WorkerDeps } from '../../src/worker/context.ts';
import { runWorker } from '../../src/worker/main.ts';

/** One run of one round in a directory store, whose program is a script of the test; removed after the test. */

export const run = 'spiral-0123456789ab';

export interface RunOptions {
  /** JavaScript of the program, a module with `node:fs` as `fs`, `index`, and `process`. */
  readonly script?: string;
  readonly args?: readonly string[];
  readonly program?: Partial<Program>;
  readonly grid?: Partial<Grid>;
  readonly combinations?: number;
  readonly sliceSize?: number;
  readonly timeoutSeconds?: number;
  readonly scratchGib?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

export interface Started {
  readonly code: number;
  readonly log: readonly string[];
}

export interface StartOptions {
  readonly child?: number;
  readonly attempt?: number;
  readonly job?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly deps?: Partial<WorkerDeps>;
}

const prelude = `import fs from 'node:fs'; const index = Number(process.env.AWS_BATCH_JOB_ARRAY_INDEX);\n`;

export const output = (rule: Partial<OutputRule> & { readonly path: string }): OutputRule => ({
  contains: [],
  required: true,
  min: 1,
  minBytes: 0,
  ...rule,
});

export async function aRun(options: RunOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'muster-worker-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const store = openDirectoryStore(join(folder, 'store'));
  const script = join(folder, 'program.mjs');
  writeFileSync(script, prelude + (options.script ?? ''));
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch);
  await fillStore(store, options, script);

  async function start({
    child = 0,
    attempt = 1,
    job = 'job-1',
    environment = {},
    deps = {},
  }: StartOptions = {}) {
    const log: string[] = [];
    const code = await runWorker(
      { ...workerEnvironment(folder, { child, attempt, job }), ...environment },
      {
        ...testDeps,
        log: (line) => void log.push(line),
        ...deps,
      },
    );
    return { code, log } satisfies Started;
  }

  return {
    folder,
    store,
    scratch,
    script,
    start,
    environment: (of: { readonly child: number; readonly attempt: number; readonly job: string }) =>
      workerEnvironment(folder, of),
    fragments: () => readFragments(store),
    entries: async (): Promise<readonly FragmentEntry[]> =>
      (await readFragments(store)).flatMap((fragment) => fragment.combinations),
    entry: async (index = 0): Promise<FragmentEntry> => {
      const found = (await readFragments(store))
        .flatMap((one) => one.combinations)
        .filter((one) => one.index === index);
      const last = found.at(-1);
      if (last === undefined) throw new Error(`nothing was recorded for combination ${index}`);
      return last;
    },
    /** Bytes of an output of an entry. */
    content: (entry: FragmentEntry, path: string): Buffer => {
      const found = entry.outputs.find((one) => one.path === path);
      if (found === undefined)
        throw new Error(`${path} is not among ${entry.outputs.map((one) => one.path)}`);
      return readFileSync(join(folder, 'store', found.key));
    },
    programLog: (entry: FragmentEntry): string => {
      const found = entry.outputs.find((one) => one.path === 'program.log.gz');
      if (found === undefined) throw new Error('there is no log');
      return gunzipSync(readFileSync(join(folder, 'store', found.key))).toString();
    },
    setPhase: async (phase: Phase) => {
      const current = await store.get(stateKey(run));
      const condition = current === undefined ? absent : ifVersion(current.version);
      await store.put(stateKey(run), JSON.stringify(stateRecord(phase)), condition);
    },
  };
}

/** What the tests replace of the outside: signals come from the test, the digest is a plain one. */
const testDeps: WorkerDeps = {
  openStore: (url) => openDirectoryStore(new URL(url).pathname),
  resolveProgram,
  sameWork: (of) => createHash('sha256').update(JSON.stringify(of)).digest('hex'),
  log: () => {},
  onTerminate: () => {},
  onLifelineClosed: () => {},
  version: 'test',
};

function workerEnvironment(
  folder: string,
  of: { readonly child: number; readonly attempt: number; readonly job: string },
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    MUSTER_STORE: pathToFileURL(join(folder, 'store')).href,
    MUSTER_RUN: run,
    MUSTER_ROUND: '0',
    MUSTER_ARRAY: '0',
    AWS_BATCH_JOB_ID: `${of.job}:${of.child}`,
    AWS_BATCH_JOB_ATTEMPT: String(of.attempt),
    AWS_BATCH_JOB_ARRAY_INDEX: String(of.child),
    MUSTER_WORK_DIR: join(folder, 'scratch'),
  };
}

async function fillStore(store: Store, options: RunOptions, script: string): Promise<void> {
  const count = options.combinations ?? 1;
  const sliceSize = options.sliceSize ?? count;
  const files = options.files ?? {};
  const grid = gridOf(options, script, Object.keys(files));
  const resources = {
    vcpus: 1,
    memoryMib: 512,
    gpus: 0,
    architecture: 'amd64' as const,
    capacity: 'spot' as const,
    ulimits: {},
    ...(options.scratchGib === undefined ? {} : { scratchGib: options.scratchGib }),
  };
  const classes = [
    { class: 0, resources, queue: 'q', image: 'demo', timeoutSeconds: options.timeoutSeconds ?? 60 },
  ];
  const slices = Math.ceil(count / sliceSize);
  const record = {
    schema: 1 as const,
    run,
    grid,
    data: Object.entries(files).map(([path, text]) => ({ path, sha256: sha256(text), use: 'program' })),
    images: { demo: { name: 'demo', identity: 'f'.repeat(64) } },
  } satisfies Partial<RunRecord>;
  const round = {
    schema: 1,
    run,
    round: 0,
    reason: 'launch',
    note: '',
    actor: 'a',
    createdAt: '2026-11-20T00:00:00Z',
    classes,
    groups: [{ class: 0, indexes: [[0, count]], sliceSize }],
    arrays: [{ array: 0, class: 0, firstSlice: 0, slices }],
    attempts: 3,
    environment: { ...options.environment },
    again: false,
    budgetUsd: null,
    stopAfterFailures: 3,
  } satisfies RoundRecord;
  const array = {
    state: 'submitted',
    submission: { handle: { jobId: 'job-1', queue: 'q', size: slices }, definition: 'd', at: '2026' },
  } satisfies Partial<ArrayRecord>;
  await store.put(runKey(run), JSON.stringify(record), absent);
  await store.put(roundKey(run, 0), JSON.stringify(round), absent);
  await store.put(arrayKey(run, 0, 0), JSON.stringify(array), absent);
  await store.put(stateKey(run), JSON.stringify(stateRecord({ phase: 'running', round: 0 })), absent);
  for (let start = 0; start < count; start += 1000) {
    const lines = Array.from({ length: Math.min(1000, count - start) }, (_, at) => combination(start + at));
    await store.put(
      combinationBlockKey(run, start / 1000),
      `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
      absent,
    );
  }
  for (const [path, text] of Object.entries(files)) await store.put(programFileKey(run, path), text, absent);
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export function combination(index: number): Combination {
  return {
    index,
    id: sha256(`point ${index}`).slice(0, 16),
    label: `alpha${index}`,
    parameters: { alpha: index, window: [1, 2] },
    text: { alpha: `${index}.0`, window: '[1,2]' },
  };
}

function gridOf(options: RunOptions, script: string, files: readonly string[]): Grid {
  return {
    name: 'spiral',
    shape: {},
    slice: { combinations: options.sliceSize ?? 1, per: 'combination' },
    resources: {
      vcpus: 1,
      memory: 512,
      gpus: 0,
      architecture: 'amd64',
      capacity: 'spot',
      ulimits: {},
    },
    retry: { attempts: 3, onExit: [75] },
    timeout: 60,
    failures: { stopAfter: { kind: 'count', count: 3 } },
    keep: { onFailure: [] },
    launch: { on: 'manual', pilot: 0 },
    ...options.grid,
    program: {
      image: 'demo',
      command: [process.execPath, script, ...(options.args ?? [])],
      environment: {},
      files,
      inputs: [],
      outputs: [],
      results: {},
      credentials: false,
      ...options.program,
    },
  };
}

function stateRecord(phase: Phase) {
  return { schema: 1 as const, run, phase } satisfies Partial<StateRecord>;
}

async function readFragments(store: Store): Promise<readonly Fragment[]> {
  const found: Fragment[] = [];
  for await (const { key } of store.list(fragmentsPrefix(run, 0))) {
    const object = await store.get(key);
    if (object !== undefined)
      found.push(fragmentSchema.parse(JSON.parse(Buffer.from(object.bytes).toString())));
  }
  return found;
}
