import { matchesGlob } from 'node:path';
import type { Random } from './random.ts';
import { runningTask, type Scheduler } from './scheduler.ts';

/**
 * Virtual time and the seed's numbers in place of the process's own, so that libraries (the retries of the AWS SDK,
 * the flushes of the worker) wait without waiting and draw what replays. Some keep the functions they find when they
 * are loaded: so these are installed once, before anything else, and act for whichever seed is being played.
 */
interface Playing {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly began: number;
}

let playing: Playing | undefined;

/** Until disposed of, the process's time is that of this scheduler. */
export function play(scheduler: Scheduler, random: Random): Disposable {
  playing = { scheduler, random, began: scheduler.now() };
  return {
    [Symbol.dispose]() {
      playing = undefined;
    },
  };
}

/** Once in a process that does nothing but simulate. */
export function installVirtualGlobals(): void {
  // Node loads its patterns when they are first used, and draws numbers then: not the ones of a seed.
  matchesGlob('', '*');
  const RealDate = globalThis.Date;
  const real = { setTimeout, clearTimeout, setInterval, clearInterval, random: Math.random };
  const realNow = performance.now.bind(performance);
  const realTimeout = AbortSignal.timeout.bind(AbortSignal);
  class VirtualDate extends RealDate {
    constructor(...given: readonly unknown[]) {
      // Whatever a real Date takes.
      super(...((given.length === 0 ? [VirtualDate.now()] : given) as [number]));
    }
    static override now(): number {
      return playing?.scheduler.now() ?? RealDate.now();
    }
  }
  const clear = (realClear: (timer: never) => void) => (timer: unknown) =>
    timer instanceof VirtualTimer ? timer.clear() : realClear(timer as never); // a real one, then
  Object.assign(globalThis, {
    Date: VirtualDate,
    setTimeout: (action: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) =>
      playing === undefined
        ? real.setTimeout(action, ms, ...given)
        : new VirtualTimer(playing.scheduler, ms, () => action(...given)),
    clearTimeout: clear(real.clearTimeout),
    // Only signs of life on a disk come in intervals: nobody looks for them here.
    setInterval: (action: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) =>
      playing === undefined
        ? real.setInterval(action, ms, ...given)
        : new VirtualTimer(playing.scheduler, 0, () => {}),
    clearInterval: clear(real.clearInterval),
  });
  Math.random = () => playing?.random.next() ?? real.random();
  performance.now = () => (playing === undefined ? realNow() : playing.scheduler.now() - playing.began);
  AbortSignal.timeout = (ms) => {
    if (playing === undefined) return realTimeout(ms);
    const controller = new AbortController();
    new VirtualTimer(playing.scheduler, ms, () =>
      controller.abort(new DOMException('timed out', 'TimeoutError')),
    );
    return controller.signal;
  };
}

/** As much of a timer as callers use. */
class VirtualTimer {
  readonly #scheduler: Scheduler;
  readonly #ms: number;
  readonly #action: () => void;
  clear: () => void;

  constructor(scheduler: Scheduler, ms: number, action: () => void) {
    this.#scheduler = scheduler;
    this.#ms = ms;
    this.#action = action;
    this.clear = scheduler.timer(runningTask(), ms, action);
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  refresh(): this {
    this.clear();
    this.clear = this.#scheduler.timer(runningTask(), this.#ms, this.#action);
    return this;
  }
}
