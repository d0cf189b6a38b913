import type { ChildFailure, Engine, JobHandle, JobRequest, Observation } from '../../src/engine/engine.ts';

/**
 * What the children of a job do, attempt by attempt; the last step repeats. Keys are child indexes or `default`.
 * Every step first prints one JSON line `{ jobId, attempt, arrayIndex }` of what it was told: see `Told`.
 *
 * `exit <n>` exits; `sleep` ends on SIGTERM with 143; `finish` sleeps and exits 0 on SIGTERM; `stubborn` ends on
 * SIGKILL only.
 */
export type Script = { readonly [child: string]: readonly Step[] };
export type Step = `exit ${number}` | 'sleep' | 'finish' | 'stubborn';

/** The variable of the request that carries the script, as JSON. */
export const scriptVariable = 'MUSTER_TEST_SCRIPT';

export interface Told {
  readonly jobId: string;
  readonly attempt: string;
  readonly arrayIndex: string | null;
}

export interface EngineHarness extends AsyncDisposable {
  readonly engine: Engine;
  readonly queue: string;
  /** Another queue that exists. */
  readonly otherQueue: string;
  /** Lets the engine go on until the condition holds; fails when it never does. */
  until(condition: () => Promise<boolean>): Promise<void>;
}

interface Wanted {
  readonly name?: string;
  readonly size?: number;
  readonly attempts?: number;
  readonly timeoutSeconds?: number;
  readonly concurrent?: number;
  readonly script?: Script;
}

/** A harness with the steps that the facts share. */
export class Bench {
  readonly engine: Engine;
  readonly queue: string;
  readonly otherQueue: string;
  readonly until: EngineHarness['until'];

  constructor(harness: EngineHarness) {
    this.engine = harness.engine;
    this.queue = harness.queue;
    this.otherQueue = harness.otherQueue;
    this.until = (condition) => harness.until(condition);
  }

  readonly request = (wanted: Wanted): JobRequest => ({
    name: wanted.name ?? 'job',
    queue: this.queue,
    size: wanted.size ?? 1,
    image: {
      name: 'demo',
      identity: 'a'.repeat(64),
      reference: `registry.example/demo@sha256:${'b'.repeat(64)}`,
    },
    resources: {
      vcpus: 1,
      memoryMib: 128,
      gpus: 0,
      architecture: 'amd64',
      capacity: 'on-demand',
      ulimits: {},
      ...(wanted.concurrent === undefined ? {} : { concurrent: wanted.concurrent }),
    },
    attempts: wanted.attempts ?? 1,
    timeoutSeconds: wanted.timeoutSeconds ?? 600,
    environment: {
      MUSTER_RUN: 'run-1',
      [scriptVariable]: JSON.stringify(wanted.script ?? { default: ['exit 0'] }),
    },
    tags: { 'muster:run': 'run-1' },
  });

  async submitted(wanted: Wanted) {
    const outcome = await this.engine.submit(this.request(wanted));
    if (outcome.outcome !== 'submitted') throw new Error(`not submitted: ${JSON.stringify(outcome)}`);
    return outcome;
  }

  async submit(wanted: Wanted): Promise<JobHandle> {
    return (await this.submitted(wanted)).handle;
  }

  async observe(handle: JobHandle): Promise<Observation> {
    const seen = (await this.engine.observe([handle])).get(handle.jobId);
    if (seen === undefined) throw new Error(`no answer about ${handle.jobId}`);
    return seen;
  }

  async untilRunning(handle: JobHandle, running: number): Promise<void> {
    await this.until(async () => {
      const seen = await this.observe(handle);
      return seen.state === 'active' && seen.counts.running >= running;
    });
  }

  /** Counts may lag behind the end: waits until they add up. */
  async ended(handle: JobHandle) {
    await this.until(async () => {
      const seen = await this.observe(handle);
      return seen.state === 'ended' && seen.counts.succeeded + seen.counts.failed === handle.size;
    });
    const seen = await this.observe(handle);
    if (seen.state === 'gone') throw new Error(`${handle.jobId} is gone`);
    return seen;
  }

  async onlyFailure(handle: JobHandle): Promise<ChildFailure> {
    const failures = await this.engine.failures(handle, new Set());
    const [failure] = failures;
    if (failure === undefined || failures.length !== 1) throw new Error(`${failures.length} failures, not 1`);
    return failure;
  }

  async told(handle: JobHandle, child: number): Promise<Told> {
    const line = (await this.engine.logTail(handle, child, 1)).at(-1) ?? '{}';
    // The worker of the harness prints exactly this.
    return JSON.parse(line) as Told;
  }
}
