import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBatchEngine } from '../../src/engine/aws-batch/batch-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { RemoteError } from '../../src/errors.ts';
import { shippedPrices } from '../../src/money/prices.ts';
import type { PlanEngine } from '../../src/plan/queues.ts';
import type { RunDeps, RunEventLog } from '../../src/run/deps.ts';
import type { Store } from '../../src/store/store.ts';
import { MemoryForge } from '../run/memory-forge.ts';
import { faultOf, isWithin, WitnessedBatch } from './batch.ts';
import { startContainer } from './container.ts';
import { Invariants, type Violation } from './invariants.ts';
import { type JobPlace, Ledger, placeOf } from './ledger.ts';
import { Random } from './random.ts';
import { around, type Between, remotely, slowly } from './remote.ts';
import { type Scenario, scenarioOf } from './scenario.ts';
import { runningTask, Scheduler, type Task } from './scheduler.ts';
import { WatchedStore } from './watched-store.ts';

/** In memory where the system has such a place: a quarter of the time went to the disk. */
const scratchBase = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const start = Date.parse('2026-01-01T00:00:00Z');
const region = 'us-east-1';
const account = '123456789012';
const queue = { name: 'main', arn: `arn:aws:batch:${region}:${account}:job-queue/main` };

/** Milliseconds that a submitter may stand still between its look at the lease and SubmitJob: 60 s less 30 s for the call. */
const excusedMs = 30_000;

/** One seed's world: store, forge, AWS Batch with containers, and the clock. */
export class World implements Between, Disposable {
  readonly random: Random;
  readonly scenario: Scenario;
  readonly scheduler: Scheduler;
  readonly ledger = new Ledger();
  readonly store = new WatchedStore();
  readonly forge = new MemoryForge({ 'README.md': '# Lab\n' });
  readonly batch: WitnessedBatch;
  readonly invariants: Invariants;
  readonly violations: Violation[] = [];
  readonly lines: string[] = [];
  readonly scratch = mkdtempSync(join(scratchBase, 'muster-simulation-'));
  calmFrom: number;
  /** Nobody comes by: milliseconds after the launch. */
  nobody: readonly [number, number] | undefined;
  readonly planEngine: PlanEngine;
  /** Called when somebody begins to submit. */
  onSubmitting: () => void = () => {};
  readonly #tracing: boolean;
  #processes = 0;

  constructor(seed: number, tracing: boolean) {
    this.random = new Random(seed);
    this.#tracing = tracing;
    this.scenario = scenarioOf(this.random.fork());
    this.scheduler = new Scheduler(this.random.fork(), start);
    const { trouble } = this.scenario;
    this.calmFrom = start + trouble.untilMs;
    this.nobody = trouble.nobody;
    const faults = this.random.fork();
    const batchRandom = this.random.fork();
    this.batch = new WitnessedBatch({
      timeline: this.scheduler,
      region,
      account,
      queues: [{ name: queue.name, vcpus: trouble.vcpus }],
      start: (attempt) => {
        if (attempt.image === 'stranger')
          this.scheduler.at(this.scheduler.now() + 3_600_000, () => attempt.exit(0));
        else startContainer(this, attempt);
      },
      faults: ({ operation }) => this.#fault(faults, operation),
      random: () => batchRandom.next(),
      pull: () => (isWithin(trouble.noPull, this.since) ? this.#noPull() : undefined),
    });
    this.planEngine = {
      kind: 'aws-batch',
      prices: shippedPrices,
      queues: {
        main: { arn: queue.arn, architecture: 'amd64', capacity: 'spot', instanceTypes: ['c7a', 'm7a'] },
      },
    };
    this.invariants = new Invariants({
      ledger: this.ledger,
      planEngine: this.planEngine,
      now: () => this.scheduler.now(),
      openJobs: () => this.batch.openJobs(),
      told: this.batch.told,
      remembers: (jobId) => this.batch.remembers(jobId),
      intended: (record) => this.#onIntent(record),
      submitting: () => {
        const tell = this.onSubmitting;
        this.onSubmitting = () => {};
        tell();
      },
      violation: (invariant, what) => this.violation(invariant, what),
    });
    this.store.witness = this.invariants;
    this.batch.onSubmit = (jobId, environment) => this.#onSubmit(jobId, environment);
    this.#scheduleQueueTrouble();
  }

  get trouble() {
    return this.scenario.trouble;
  }

  /** Milliseconds since the launch. */
  get since(): number {
    return this.scheduler.now() - start;
  }

  isCalm(): boolean {
    return this.scheduler.now() >= this.calmFrom;
  }

  /** From now on nothing goes wrong. */
  beCalm(): void {
    this.calmFrom = Math.min(this.calmFrom, this.scheduler.now());
  }

  isNobody(): boolean {
    return isWithin(this.nobody, this.since);
  }

  /** Whether the submitter is to die, and everybody else to stay away. */
  abandon(): boolean {
    const { abandonedMs } = this.trouble;
    if (abandonedMs === undefined || this.nobody !== undefined) return false;
    this.nobody = [this.since, this.since + abandonedMs];
    this.ledger.count(`abandoned for ${abandonedMs / 86_400_000} days`);
    return true;
  }

  #fault(random: Random, operation: string) {
    const fault = faultOf(random, this.trouble, operation, this.since);
    if (fault !== undefined) {
      this.ledger.count(`Batch: ${JSON.stringify(fault)}`);
      this.trace(() => `  ${runningTask()?.name ?? ''}: ${JSON.stringify(fault)}`);
    }
    return fault;
  }

  #noPull(): string {
    this.ledger.count('image could not be pulled');
    return 'CannotPullContainerError: pull image manifest has been retried 5 time(s)';
  }

  #scheduleQueueTrouble(): void {
    const { queueDisabled } = this.trouble;
    if (queueDisabled === undefined) return;
    const [from, to] = queueDisabled;
    this.scheduler.at(start + from, () => {
      this.ledger.count('queue disabled');
      this.batch.setQueue(queue.name, { state: 'DISABLED' });
    });
    this.scheduler.at(start + to, () => this.batch.setQueue(queue.name, { state: 'ENABLED' }));
  }

  #onSubmit(jobId: string, environment: Readonly<Record<string, string>>): void {
    const place = { round: Number(environment.MUSTER_ROUND), array: Number(environment.MUSTER_ARRAY) };
    const excused = (runningTask()?.frozenMs ?? 0) > excusedMs;
    if (excused) this.ledger.count('submitted after standing still');
    this.trace(() => `  job ${jobId.slice(0, 8)} is made for ${placeOf(place)}`);
    this.invariants.jobMade(place, jobId, excused);
  }

  #onIntent({ name, queue: arn }: { readonly name: string; readonly queue: string }): void {
    if (!this.scenario.stranger || this.trouble.queueDisabled !== undefined) return;
    this.ledger.count('a stranger has the name of a job');
    this.batch.submitStranger(name, arn);
  }

  /** The job that is recorded for an array. */
  recorded(place: JobPlace): string | undefined {
    const record = this.invariants.arrays.get(placeOf(place));
    return record !== undefined && 'submission' in record ? record.submission?.handle.jobId : undefined;
  }

  loseHost(jobId: string): void {
    this.batch.loseHost(jobId, { plain143: this.trouble.plain143 && this.random.chance(0.5) });
  }

  containerStore(task: Task): Store {
    const rate = this.trouble.containerStore / 2;
    const kind = { ...this.trouble, kill: 0, freeze: 0 };
    return around({ ...this.between, trouble: kind }, task, this.store, 'store', {
      refused: rate,
      lost: rate,
    });
  }

  get between(): Between {
    const { scheduler, random, ledger, trouble, calmFrom } = this;
    return {
      ...{ scheduler, random, ledger, trouble, calmFrom },
      trace: (line) => this.trace(line),
      abandon: () => this.abandon(),
    };
  }

  /** A fresh process of the control plane does something. `onEnd` is told how it ended. */
  process(
    kind: string,
    verb: (deps: RunDeps) => Promise<void>,
    onEnd: (end: 'done' | 'killed' | 'failed') => void,
  ): void {
    this.#processes += 1;
    const name = `${kind} ${this.#processes}`;
    this.scheduler.spawn(
      name,
      async (task) => verb(await this.#deps(task)),
      (end) => {
        this.trace(() => `${name} ends: ${end.how} ${end.how === 'failed' ? String(end.error) : ''}`);
        if (end.how === 'failed') this.#judgeError(name, end.error);
        if (end.how === 'done') this.invariants.leave(name, this.batch.told);
        onEnd(end.how);
      },
    );
  }

  /** Trouble with the world is told as such; anything else is a bug. */
  #judgeError(name: string, error: unknown): void {
    const known = error instanceof Error && error.name === 'RemoteError';
    if (!known) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.violation('only trouble of the world makes a verb fail', `${name}: ${text}`);
      return;
    }
    // One queue that does not answer is left to the next look; the rest of the run goes on.
    if (error instanceof RemoteError && ['ListJobs', 'SubmitJob'].includes(error.operation)) {
      this.violation('no array holds up the others', `${name}: ${error.message}`);
    }
    this.ledger.count('a verb failed');
    if (this.isCalm() && this.scheduler.now() > this.calmFrom + 600_000) {
      this.violation('without trouble no verb fails', `${name}: ${error.message}`);
    }
  }

  async #deps(task: Task): Promise<RunDeps> {
    const { storeRefused, storeLost } = this.trouble;
    const rates = { refused: storeRefused, lost: storeLost };
    return {
      store: around(this.between, task, this.store, 'store', rates),
      forge: around(this.between, task, this.forge, 'forge', rates),
      engine: await this.#engine(task),
      clock: {
        now: () => {
          task.frozenMs = 0;
          return new Date(this.scheduler.now());
        },
        sleep: (seconds) => this.scheduler.pause(task, seconds * 1000).done,
      },
      planEngine: this.planEngine,
      settings: { money: {}, watchSeconds: this.scenario.watchSeconds },
      owner: task.name,
      isGone: () => false,
      actor: 'ana',
      version: '0.0.0',
      scratch: this.scratch,
      log: (event) => this.#log(event),
    };
  }

  async #engine(task: Task): Promise<Engine> {
    const { handle, ...others } = this.batch.requestHandler;
    const engine = await openBatchEngine({
      aws: {
        region,
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
        requestHandler: {
          ...others,
          handle: (request, options) =>
            remotely(this.between, task, operationOf(request.path), () =>
              slowly(this.between, task, options?.abortSignal, () => handle(request, options)),
            ).then((answer) => {
              if (operationOf(request.path) === 'SubmitJob') this.#onAnswer(task, answer.response);
              return answer;
            }),
        },
      },
      ...{ region, queues: [queue], logGroup: '/aws/batch/job', roles: {}, environment: {} },
      clock: () => new Date(this.scheduler.now()),
    });
    const limits = {
      ...engine.limits,
      arraySize: { ...engine.limits.arraySize, max: this.scenario.arrayMax },
    };
    return new Proxy(engine, {
      get: (of, name) => {
        if (name === 'limits') return limits;
        const value: unknown = Reflect.get(of, name, of);
        return typeof value === 'function' ? value.bind(of) : value;
      },
    });
  }

  /** What a submitter knows that it made. */
  #onAnswer(
    task: Task,
    { statusCode, body }: { readonly statusCode: number; readonly body: Uint8Array },
  ): void {
    if (statusCode !== 200) return;
    const { jobId } = JSON.parse(Buffer.from(body).toString()) as { jobId: string }; // AB 2.6
    this.invariants.answered(task.name, jobId);
  }

  #log(event: RunEventLog): void {
    this.trace(() => `  ${JSON.stringify(event)}`);
    this.ledger.count(event.kind);
    if (event.kind === 'left-for-later') this.invariants.toldOf(runningTask()?.name);
    if (event.kind === 'stopped')
      this.ledger.count(
        `stopped: ${event.why.includes('budget') ? 'budget' : event.why.includes('failed') ? 'failures' : 'by a person'}`,
      );
  }

  trace(line: () => string): void {
    if (this.#tracing) this.lines.push(`${(this.since / 1000).toFixed(1).padStart(9)} s  ${line()}`);
  }

  violation(invariant: string, what: string): void {
    this.violations.push({ invariant, what });
    this.trace(() => `VIOLATION ${invariant}: ${what}`);
  }

  [Symbol.dispose](): void {
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

/** `/v1/submitjob` */
const operationOf = (path: string) => operations[path.split('/').at(-1) ?? ''] ?? path;
const operations: Readonly<Record<string, string>> = {
  submitjob: 'SubmitJob',
  describejobs: 'DescribeJobs',
  listjobs: 'ListJobs',
  terminatejob: 'TerminateJob',
};
