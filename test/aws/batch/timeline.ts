/** What happens when. Nothing in the reference Batch happens but through one of these. */
export interface Timeline {
  /** Milliseconds since 1970. */
  now(): number;
  /** Once, at that moment; at the next one where it has passed. Actions of one moment run in the order they came. */
  at(ms: number, action: () => void): void;
}

interface Due {
  readonly ms: number;
  readonly order: number;
  readonly action: () => void;
}

/** Time that stands still until a test moves it. */
export class VirtualTimeline implements Timeline {
  #now: number;
  #order = 0;
  readonly #due = new Heap();

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  at(ms: number, action: () => void): void {
    this.#due.push({ ms: Math.max(ms, this.#now), order: this.#order++, action });
  }

  /** When the next action is due. */
  next(): number | undefined {
    return this.#due.first()?.ms;
  }

  /** Runs all that is due within so many seconds, what that brings about included. */
  advance(seconds: number): void {
    const end = this.#now + seconds * 1000;
    for (let first = this.#due.first(); first !== undefined && first.ms <= end; first = this.#due.first()) {
      this.#due.pop();
      this.#now = first.ms;
      first.action();
    }
    this.#now = end;
  }
}

/** The clock on the wall, for child processes; `speed` seconds of Batch pass in one of theirs. */
export class RealTimeline implements Timeline {
  readonly #speed: number;
  readonly #began = Date.now();
  /** Of a clock that nobody sets. */
  readonly #from = performance.now();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(speed = 1) {
    this.#speed = speed;
  }

  now(): number {
    return Math.floor(this.#began + (performance.now() - this.#from) * this.#speed);
  }

  at(ms: number, action: () => void): void {
    const wait = Math.ceil(Math.max(0, ms - this.now()) / this.#speed);
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        // Timers of Node are early by a millisecond at times, and take no more than 31 bits of them.
        if (this.now() < ms) this.at(ms, action);
        else action();
      },
      Math.min(wait, 2 ** 31 - 1),
    );
    timer.unref();
    this.#timers.add(timer);
  }

  /** Nothing happens any more. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** A binary heap: an array of 10,000 children plans tens of thousands of actions. */
class Heap {
  readonly #items: Due[] = [];

  first(): Due | undefined {
    return this.#items[0];
  }

  push(due: Due): void {
    const items = this.#items;
    let at = items.length;
    items.push(due);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = items[above];
      if (parent === undefined || !before(due, parent)) break;
      items[at] = parent;
      at = above;
    }
    items[at] = due;
  }

  pop(): void {
    const items = this.#items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return;
    let at = 0;
    for (;;) {
      const below = this.#smallerChild(at);
      const child = items[below];
      if (child === undefined || !before(child, last)) break;
      items[at] = child;
      at = below;
    }
    items[at] = last;
  }

  #smallerChild(at: number): number {
    const left = this.#items[2 * at + 1];
    const right = this.#items[2 * at + 2];
    return left !== undefined && right !== undefined && before(right, left) ? 2 * at + 2 : 2 * at + 1;
  }
}

function before(a: Due, b: Due): boolean {
  return a.ms < b.ms || (a.ms === b.ms && a.order < b.order);
}
