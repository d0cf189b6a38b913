import { AsyncLocalStorage } from 'node:async_hooks';
import type { Random } from './random.ts';

/** How a task came to its end; a killed one leaves everything as it is, its clean-up included. */
export type End =
  | { readonly how: 'done' }
  | { readonly how: 'killed' }
  | { readonly how: 'failed'; readonly error: unknown };

/** A process of the control plane, or a container. It acts only when it is its turn. */
export class Task {
  readonly name: string;
  alive = true;
  /** Milliseconds of virtual time until which it stands still. */
  frozenUntil = 0;
  /** Milliseconds it has stood still since it last read the clock. */
  frozenMs = 0;
  /** Places at which it waits. */
  waits = 0;

  constructor(name: string) {
    this.name = name;
  }
}

interface Waiting {
  /** Milliseconds of virtual time. */
  wake: number;
  /** Absent: the world's own event. */
  readonly task: Task | undefined;
  /** Order of arrival. */
  readonly number: number;
  go(): void;
}

/** Whose code runs: a timer belongs to the task that set it. */
const running = new AsyncLocalStorage<Task>();
export const runningTask = (): Task | undefined => running.getStore();
export const actAs = (task: Task, act: () => void): void => running.run(task, act);

/** Nanoseconds of real time after which a task is taken to wait for something outside the simulation. */
const patience = 120_000_000_000n;

/** Far more than a run takes. */
const mostSteps = 200_000;

/**
 * Lets tasks take turns in an order that only the seed decides, in virtual time: it stands still while anybody can
 * act, and jumps to the next event when all wait. The timeline of the reference Batch, too.
 */
export class Scheduler {
  readonly #random: Random;
  readonly #waiting = new Set<Waiting>();
  readonly #live = new Set<Task>();
  #now: number;
  #number = 0;
  /** Told of every step, for the trace. */
  onStep: (task: Task | undefined) => void = () => {};

  constructor(random: Random, startMs: number) {
    this.#random = random;
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  /** An event of the world; those of one moment happen in the order in which they were asked for. */
  at(ms: number, action: () => void): void {
    this.#add(Math.max(ms, this.#now), undefined, action);
  }

  /** Waits until it is this task's turn. */
  turn(task: Task): Promise<void> {
    return this.pause(task, 0).done;
  }

  /** Waits so many milliseconds of virtual time, or until it is woken. */
  pause(task: Task, ms: number): { readonly done: Promise<void>; readonly wake: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#add(this.#now + ms, task, resolve);
    return {
      done: promise,
      wake: () => {
        waiting.wake = Math.min(waiting.wake, this.#now);
      },
    };
  }

  /** A timer of the task, in whole milliseconds and at least one, as Node has it; returns how to clear it. */
  timer(task: Task | undefined, ms: number, action: () => void): () => void {
    const waiting = this.#add(this.#now + Math.max(1, Math.trunc(ms)), task, action);
    return () => this.#remove(waiting);
  }

  /** Names of those who are at something, or stand still in the middle of it. */
  get busy(): readonly string[] {
    return [...this.#live].map(({ name }) => name);
  }

  spawn(name: string, body: (task: Task) => Promise<void>, onEnd: (end: End) => void = () => {}): Task {
    const task = new Task(name);
    this.#live.add(task);
    const ended = (end: End) => {
      if (!task.alive) return;
      this.#bury(task);
      onEnd(end);
    };
    this.#onKill.set(task, () => onEnd({ how: 'killed' }));
    this.#add(this.#now, task, () => {
      running.run(task, () => {
        body(task).then(
          () => ended({ how: 'done' }),
          (error: unknown) => ended({ how: 'failed', error }),
        );
      });
    });
    return task;
  }

  readonly #onKill = new Map<Task, () => void>();

  /** Nothing of it acts any more; what it waits for never comes. */
  kill(task: Task): void {
    if (!task.alive) return;
    const told = this.#onKill.get(task);
    this.#bury(task);
    told?.();
  }

  #bury(task: Task): void {
    task.alive = false;
    this.#live.delete(task);
    this.#onKill.delete(task);
    for (const waiting of this.#waiting) if (waiting.task === task) this.#waiting.delete(waiting);
  }

  #add(wake: number, task: Task | undefined, go: () => void): Waiting {
    const waiting = { wake, task, number: this.#number++, go };
    if (task !== undefined) {
      if (!task.alive) return waiting; // it never comes
      task.waits += 1;
    }
    this.#waiting.add(waiting);
    return waiting;
  }

  #remove(waiting: Waiting): void {
    if (this.#waiting.delete(waiting) && waiting.task !== undefined) waiting.task.waits -= 1;
  }

  /** Until `over`; false when nothing is left to happen before `endMs`, or somebody goes in circles. */
  async run(over: () => boolean, endMs: number): Promise<boolean> {
    for (let step = 0; step < mostSteps; step++) {
      await this.#settle();
      if (over()) return true;
      const next = this.#choose();
      if (next === undefined || next.time > endMs) return false;
      this.#now = next.time;
      this.#remove(next.waiting);
      this.onStep(next.waiting.task);
      const { task } = next.waiting;
      if (task === undefined) next.waiting.go();
      else running.run(task, next.waiting.go);
    }
    return false;
  }

  /** Everybody has come to a place where they wait. */
  async #settle(): Promise<void> {
    const since = process.hrtime.bigint();
    for (;;) {
      await new Promise(setImmediate);
      let busy: Task | undefined;
      for (const task of this.#live) if (task.waits === 0) busy = task;
      // A task may wait for a timer and at the same time for a real file or module.
      if (busy === undefined && !process.getActiveResourcesInfo().some(isReal)) return;
      if (process.hrtime.bigint() - since > patience)
        throw new Error(`${busy?.name} waits for something real`);
    }
  }

  #choose(): { readonly waiting: Waiting; readonly time: number } | undefined {
    let time = Number.POSITIVE_INFINITY;
    for (const waiting of this.#waiting) time = Math.min(time, wakeOf(waiting));
    time = Math.max(time, this.#now);
    const ready: Waiting[] = [];
    let event: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (wakeOf(waiting) > time) continue;
      if (waiting.task !== undefined) ready.push(waiting);
      else if (event === undefined || isBefore(waiting, event)) event = waiting;
    }
    if (event !== undefined) ready.push(event);
    const chosen = ready[this.#random.below(ready.length)];
    return chosen === undefined ? undefined : { waiting: chosen, time };
  }
}

const isReal = (resource: string) => resource.startsWith('FSReq') || resource.endsWith('Request');

const wakeOf = ({ wake, task }: Waiting) => Math.max(wake, task?.frozenUntil ?? 0);

const isBefore = (one: Waiting, other: Waiting) =>
  one.wake < other.wake || (one.wake === other.wake && one.number < other.number);
