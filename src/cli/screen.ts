import { Presets, SingleBar } from 'cli-progress';
import { asCalled } from '../place/called-as.ts';
import { describeLog } from '../place/log-line.ts';
import { count, duration, plural } from '../report/format.ts';
import type { RunEventLog } from '../run/deps.ts';

/** What a foreground command shows: a progress bar on a terminal, plain lines elsewhere. Everything goes to stderr. */
export interface Screen extends Disposable {
  readonly log: (event: RunEventLog) => void;
  say(line: string): void;
  progress(now: Progress): void;
}

export interface Progress {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Whether `succeeded` is the verdict of the merge, and not only how slices ended. */
  readonly verified: boolean;
  /** Slices. */
  readonly running: number;
  /** Seconds; null when it cannot be said. */
  readonly secondsLeft: number | null;
  /** Seconds; how old the counts are, where the engine tells them late. */
  readonly countsAge?: number;
}

export function openScreen(stream: NodeJS.WriteStream = process.stderr): Screen {
  return stream.isTTY ? new BarScreen(stream) : new LineScreen(stream);
}

const left = ({ secondsLeft }: Progress) =>
  secondsLeft === null || secondsLeft === 0 ? '' : `about ${duration(secondsLeft)} to go`;
/** Counts of AWS Batch lag (AB 2.3): younger ones are as good as new. */
const oldCounts = 60;
const age = ({ countsAge }: Progress) =>
  countsAge === undefined || countsAge < oldCounts ? '' : `counts ${duration(countsAge)} old`;
/** Where the count alone would look like the end. */
const unverified = ({ total, succeeded, failed, verified }: Progress) =>
  verified || succeeded + failed < total ? '' : 'verified when they are published';
const failed = (now: Progress) => (now.failed === 0 ? '' : `${count(now.failed)} failed, `);

class BarScreen implements Screen {
  readonly #stream: NodeJS.WriteStream;
  readonly #bar: SingleBar;
  #started = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#bar = new SingleBar(
      {
        format: '{bar} {value}/{total} ended, {failed}{running} running  {left}  {age}  {unverified}',
        hideCursor: true,
        stream,
        fps: 5,
      },
      Presets.shades_classic,
    );
  }

  readonly log = (event: RunEventLog) => this.#write(describeLog(event));

  say(line: string): void {
    this.#write(`${asCalled(line)}\n`);
  }

  progress(now: Progress): void {
    const finished = now.succeeded + now.failed;
    const values = {
      ...{ failed: failed(now), running: count(now.running), left: left(now), age: age(now) },
      unverified: unverified(now),
    };
    if (this.#started) {
      this.#bar.setTotal(now.total);
      this.#bar.update(finished, values);
    } else this.#bar.start(now.total, finished, values);
    this.#started = true;
  }

  /** Above the bar, which the next update draws again. */
  #write(text: string): void {
    if (text === '') return;
    if (this.#started) this.#stream.write('\r\x1b[K');
    this.#stream.write(text);
  }

  [Symbol.dispose](): void {
    if (this.#started) this.#bar.stop();
  }
}

/** Seconds between two lines when nothing but time passes, and the share of the run that makes a line. */
const quietSeconds = 30;
const step = 0.1;

class LineScreen implements Screen {
  readonly #stream: NodeJS.WriteStream;
  #share = -1;
  #at = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  readonly log = (event: RunEventLog) => this.#stream.write(describeLog(event));

  say(line: string): void {
    this.#stream.write(`${asCalled(line)}\n`);
  }

  progress(now: Progress): void {
    const finished = now.succeeded + now.failed;
    const share = now.total === 0 ? 1 : finished / now.total;
    const due = performance.now() - this.#at > quietSeconds * 1000;
    if (share < this.#share + step && !due && (share < 1 || this.#share >= 1)) return;
    this.#share = share;
    this.#at = performance.now();
    const line = `${count(finished)} of ${count(now.total)} ended, ${failed(now)}${plural(now.running, 'slice')} running`;
    this.say([line, left(now), age(now), unverified(now)].filter((part) => part !== '').join('  '));
  }

  [Symbol.dispose](): void {}
}
