import { RemoteError } from '../errors.ts';
import { type Failure, type Fragment, type FragmentEntry, fragmentSchema } from '../results/fragment.ts';
import { fragmentKey, sliceFragmentsPrefix } from '../store/keys.ts';
import { absent, type Store } from '../store/store.ts';
import { troubleOf } from './trouble.ts';

/** Combinations one part holds at most. */
const partSize = 1000;
/** Milliseconds that a finished combination may wait before it is in the store. */
const flushEvery = 30_000;

export type FragmentHeader = Omit<Fragment, 'schema' | 'part' | 'complete' | 'writtenAt' | 'combinations'>;

/** A part as it was first tried: after a lost answer only the same bytes are known for our own. */
interface Attempted {
  readonly key: string;
  readonly text: string;
  /** Combinations in it. */
  readonly count: number;
  readonly complete: boolean;
}

/** Writes what became of combinations, soon and in few parts. Trouble is kept until `close`, the work goes on. */
export class FragmentWriter {
  readonly #store: Store;
  readonly #header: FragmentHeader;
  readonly #log: (line: string) => void;
  #pending: FragmentEntry[] = [];
  #part = 0;
  #attempted: Attempted | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<boolean> = Promise.resolve(true);
  #denied = false;

  constructor(store: Store, header: FragmentHeader, log: (line: string) => void) {
    this.#store = store;
    this.#header = header;
    this.#log = log;
  }

  /** What is not stored was refused for want of a right: another attempt would not have it either. */
  get denied(): boolean {
    return this.#denied;
  }

  add(entries: readonly FragmentEntry[]): void {
    for (const entry of entries) this.#pending.push(entry);
    if (this.#pending.length >= partSize) this.flush();
    this.#flushLater();
  }

  /** Writes what is finished now: who was asked to end may be killed before the program has ended. */
  flush(): void {
    void this.#flush(false);
  }

  /** Writes what is left; `complete` when the slice has been gone through. False when something is not stored. */
  async close(complete: boolean): Promise<boolean> {
    return await this.#flush(complete);
  }

  #flush(complete: boolean): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#writeParts(complete));
    return this.#writing;
  }

  async #writeParts(complete: boolean): Promise<boolean> {
    try {
      for (;;) {
        this.#attempted ??= this.#nextPart(complete);
        if (this.#attempted === undefined) return true;
        const { key, text, count, complete: last } = this.#attempted;
        const put = await this.#store.put(key, text, absent);
        this.#attempted = undefined;
        // A taken number is an earlier process of the same attempt: parts are never changed, so the next one is ours.
        if (put.outcome === 'conflict') continue;
        this.#pending.splice(0, count);
        if (last) return true;
      }
    } catch (error) {
      this.#denied = error instanceof RemoteError && error.denied;
      this.#log(`the fragment could not be written: ${troubleOf(error).message}`);
      // The next combination may take hours.
      this.#flushLater();
      return false;
    }
  }

  #nextPart(complete: boolean): Attempted | undefined {
    const { run, round, slice, job, attempt } = this.#header;
    const combinations = this.#pending.slice(0, partSize);
    if (combinations.length === 0 && !complete) return undefined;
    const part = this.#part;
    this.#part += 1;
    const fragment: Fragment = {
      schema: 1,
      ...this.#header,
      part,
      complete: complete && combinations.length === this.#pending.length,
      writtenAt: new Date().toISOString(),
      combinations,
    };
    const key = fragmentKey(run, round, slice, { job, attempt, part });
    return { key, text: JSON.stringify(fragment), count: combinations.length, complete: fragment.complete };
  }

  #flushLater(): void {
    this.#timer ??= setTimeout(() => this.flush(), flushEvery).unref();
  }
}

export interface Settled {
  readonly indexes: ReadonlySet<number>;
  /** Of the combinations that failed for good: they count for the exit code of every later attempt. */
  readonly failures: readonly Failure[];
}

/** What earlier attempts of this slice, in this round, have settled: another attempt cannot do better. */
export async function settledBefore(
  store: Store,
  at: { readonly run: string; readonly round: number; readonly slice: number },
  log: (line: string) => void,
): Promise<Settled> {
  const settled = new Map<number, FragmentEntry>();
  for await (const { key } of store.list(sliceFragmentsPrefix(at.run, at.round, at.slice))) {
    const object = await store.get(key);
    const parsed = fragmentSchema.safeParse(object === undefined ? undefined : parseJson(object.bytes));
    if (!parsed.success) {
      log(`fragment ${key} cannot be read: its combinations count as unfinished`);
      continue;
    }
    for (const entry of parsed.data.combinations) {
      // A success is never taken back, whatever another attempt says.
      if (isSettled(entry) && settled.get(entry.index)?.state !== 'succeeded')
        settled.set(entry.index, entry);
    }
  }
  const failures = [...settled.values()].flatMap((entry) => entry.failure ?? []);
  return { indexes: new Set(settled.keys()), failures };
}

export function isSettled(entry: Pick<FragmentEntry, 'state' | 'failure'>): boolean {
  return entry.state === 'succeeded' || entry.failure?.again === false;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
