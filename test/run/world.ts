import type { FoundJob, JobHandle, JobRequest } from '../../src/engine/engine.ts';
import { sliceOf } from '../../src/plan/slices.ts';
import { recordedJob } from '../../src/run/array-state.ts';
import type { Clock, RunDeps } from '../../src/run/deps.ts';
import { readDocument, requireDocument } from '../../src/run/documents.ts';
import { arraySchema, roundSchema } from '../../src/run/records.ts';
import { readPublished, readState } from '../../src/run/runs.ts';
import { activeRuns } from '../../src/run/watch.ts';
import { activeKey, arrayKey, roundKey } from '../../src/store/keys.ts';
import { MemoryForge } from './memory-forge.ts';
import { MemoryStore } from './memory-store.ts';
import { openScene, type Scene, writeRun } from './scene.ts';
import { ScriptedEngine } from './scripted-engine.ts';
import { work, writeCombinations } from './slices.ts';

/** Listings show a job only after as long as Batch may take. */
class LaggingEngine extends ScriptedEngine {
  readonly #made = new Map<string, number>();
  clock: Clock | undefined;

  override create(request: JobRequest): JobHandle {
    const handle = super.create(request);
    this.#made.set(handle.jobId, this.clock?.now().getTime() ?? 0);
    return handle;
  }

  override async find(name: string, queue: string): Promise<readonly FoundJob[]> {
    const found = await super.find(name, queue);
    const now = this.clock?.now().getTime() ?? 0;
    return found.filter(({ handle }) => now - (this.#made.get(handle.jobId) ?? 0) >= 59_000);
  }
}

/** Of everything a worker writes: the bytes of a merge must not depend on when a test ran. */
const workedAt = '2026-01-01T01:00:00.000Z';

/** Everything outside the verbs' process: store, forge, engine with workers, and people's clock. */
export interface World extends Scene {
  readonly forge: MemoryForge;
  readonly engine: LaggingEngine;
  /** Jobs whose worker executed something, by `<round>/<array>`. */
  readonly worked: Map<string, Set<string>>;
  /** How often a combination was executed with success. */
  readonly successes: Map<number, number>;
  /** Workers do their part of every job: each child up to `upTo`. */
  advance(upTo?: number): Promise<void>;
  /** A fresh process. */
  process(): RunDeps;
}

export interface WorldOptions {
  readonly combinations: number;
  readonly pilot?: number;
  /** Combinations that fail in a round. */
  readonly fails?: (round: number) => readonly number[];
  /** Combinations whose slice leaves no word: the host went away. */
  readonly lost?: (round: number) => readonly number[];
}

export async function openWorld(folder: string, options: WorldOptions): Promise<World> {
  const forge = new MemoryForge({ 'README.md': '# Lab\n' });
  const engine = new LaggingEngine();
  const opened = openScene(folder, forge, new MemoryStore());
  const scene = { ...opened, engine, deps: { ...opened.deps, engine } };
  engine.clock = scene.clock;
  const worked = new Map<string, Set<string>>();
  const successes = new Map<number, number>();
  let owners = 0;
  const world: World = {
    ...scene,
    ...{ forge, worked, successes },
    run: '',
    advance: (upTo = Number.POSITIVE_INFINITY) => advance(world, options, upTo),
    process() {
      owners += 1;
      const owner = `p${owners}`;
      return { ...scene.deps, owner, isGone: (other) => other !== owner };
    },
  };
  await writeRun(world, options);
  await writeCombinations(world, options.combinations);
  return world;
}

async function advance(world: World, options: WorldOptions, upTo: number): Promise<void> {
  for (const [jobId, job] of [...world.engine.jobs]) {
    if (!job.ended) await advanceJob(world, options, jobId, upTo);
  }
}

async function advanceJob(world: World, options: WorldOptions, jobId: string, upTo: number): Promise<void> {
  const { store, run, engine } = world;
  const { request } = engine.jobs.get(jobId) ?? {};
  if (request === undefined) return;
  const [round, array] = [Number(request.environment.MUSTER_ROUND), Number(request.environment.MUSTER_ARRAY)];
  const record = await readDocument(store, arrayKey(run, round, array), arraySchema);
  const recorded = record === undefined ? undefined : recordedJob(record.value);
  // A worker whose job is not the recorded one exits without working.
  if (recorded !== undefined && recorded !== jobId) return engine.end(jobId, { succeeded: request.size });
  const { value } = await requireDocument(store, roundKey(run, round), roundSchema);
  let failed = 0;
  for (let child = 0; child < Math.min(upTo, request.size); child++) {
    const [[index = 0] = []] = sliceOf(value.groups, child).indexes;
    if (!(await workChild(world, options, { jobId, round, array, child, index }))) failed += 1;
  }
  const done = Math.min(upTo, request.size);
  const counts = { succeeded: done - failed, failed, running: request.size - done };
  if (done === request.size) engine.end(jobId, counts);
  else engine.progress(jobId, counts);
}

/** One combination a slice; false when it fails. */
async function workChild(
  world: World,
  { fails, lost }: WorldOptions,
  at: { jobId: string; round: number; array: number; child: number; index: number },
): Promise<boolean> {
  const { jobId, round, child, index } = at;
  const place = `${round}/${at.array}`;
  world.worked.set(place, (world.worked.get(place) ?? new Set()).add(jobId));
  const gone = lost?.(round).includes(index) === true;
  const failing = fails?.(round).includes(index) === true;
  if (!gone) {
    const written = await work(world, jobId, child, { round, at: workedAt, fails: failing ? [index] : [] });
    if (written && !failing) world.successes.set(index, (world.successes.get(index) ?? 0) + 1);
  }
  if (!gone && !failing) return true;
  const known = world.engine.failed.get(jobId) ?? [];
  if (known.some((one) => one.child === child)) return false;
  const attempts = [{ attempt: 1, ...(gone ? {} : { exitCode: 1 }) }];
  const why = gone
    ? ({ class: 'host', reason: 'Host EC2 terminated' } as const)
    : ({ class: 'program', reason: 'exit code 1' } as const);
  world.engine.failed.set(jobId, [...known, { child, ...why, attempts }]);
  return false;
}

/** A look that came later, or once more, may say so. */
const timeless = (text = '') =>
  text.replace(/2026-01-01[T ][\d:.]+Z?/g, '(then)').replace(/<!-- muster:version \d+ -->/, '');

/** What a run has come to, as far as it must not depend on faults. */
export async function outcomeOf(world: World): Promise<object> {
  const { run, forge, engine, store } = world;
  const state = await readState(world.deps, run);
  const branch = `muster/${run}`;
  const review = await forge.findReview(branch);
  const tip = (await forge.head(branch)) ?? '';
  const active: string[] = [];
  for await (const name of activeRuns({ store })) active.push(name);
  return {
    phase: state?.phase,
    stopped: state?.stopped?.why,
    marker: (await store.get(activeKey(run))) !== undefined,
    active,
    published: (await readPublished(world.deps, run))?.sha256,
    review: { state: review?.state, stage: review?.stage, title: review?.title },
    body: timeless(review?.body),
    files: await Promise.all(
      (await forge.listFiles('results', branch)).map(async (path) => [
        path,
        timeless(Buffer.from((await forge.readFile(path, branch)) ?? []).toString()),
      ]),
    ),
    status: forge.statuses.get(tip)?.get('muster/complete')?.state,
    working: [...engine.jobs].filter(([, job]) => !job.ended).map(([id]) => id),
    twice: [...world.worked].filter(([, jobs]) => jobs.size > 1),
    again: [...world.successes].filter(([, times]) => times > 1),
  };
}
