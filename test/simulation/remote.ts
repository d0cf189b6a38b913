import { RemoteError } from '../../src/errors.ts';
import type { Entry, Store } from '../../src/store/store.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import type { Trouble } from './scenario.ts';
import type { Scheduler, Task } from './scheduler.ts';

/** What stands between a process and everything outside of it. */
export interface Between {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly trouble: Trouble;
  /** Milliseconds of virtual time at which nothing goes wrong any more. */
  readonly calmFrom: number;
  trace(line: () => string): void;
  /** Whether this submitter is to die, and everybody else to stay away. */
  abandon(): boolean;
}

/** A process that was killed never hears of anything again. */
const never = new Promise<never>(() => {});

/** More than two leases. */
const longestFreezeMs = 400_000;

/** The one call that must not be made twice: trouble meets it so much more often. */
const stressOnSubmit = 8;

const isCalm = ({ scheduler, calmFrom }: Between) => scheduler.now() >= calmFrom;

/**
 * One call from a process to the world: it waits for its turn; the process may be killed before or after it, or stand
 * still; and the answer is another turn, so that others act while it is on its way.
 */
export async function remotely<T>(
  between: Between,
  task: Task,
  name: string,
  act: () => Promise<T>,
): Promise<T> {
  const { scheduler, random, ledger, trouble } = between;
  await scheduler.turn(task);
  const calm = isCalm(between);
  const stress = name === 'SubmitJob' ? stressOnSubmit : 1;
  if (!calm && random.chance(trouble.freeze * stress)) {
    const ms = random.below(longestFreezeMs);
    between.trace(() => `${task.name} stands still for ${Math.round(ms / 1000)} s before ${name}`);
    ledger.count(ms > 180_000 ? 'stood still for longer than a lease' : 'stood still');
    task.frozenUntil = scheduler.now() + ms;
    task.frozenMs += ms;
    await scheduler.turn(task);
  }
  const abandoned = name === 'SubmitJob' && between.abandon();
  const killed =
    abandoned || (!calm && random.chance(trouble.kill * stress))
      ? random.pick(['before', 'after'] as const)
      : undefined;
  if (killed === 'before') return kill(between, task, `before ${name}`);
  between.trace(() => `${task.name} ${name}`);
  const answer = await act();
  if (killed === 'after') return kill(between, task, `after ${name}`);
  // A submitter that comes back late finds its lease taken over.
  if (name === 'SubmitJob' && !calm && random.chance(trouble.freeze * stress)) {
    ledger.count('stood still after SubmitJob');
    between.trace(() => `${task.name} stands still after ${name}`);
    task.frozenUntil = scheduler.now() + random.below(longestFreezeMs);
    await scheduler.turn(task);
  }
  if (random.chance(0.2)) await scheduler.turn(task);
  return answer;
}

function kill({ scheduler, ledger, trace }: Between, task: Task, where: string): Promise<never> {
  trace(() => `${task.name} is killed ${where}`);
  ledger.count(`killed ${where.split(' ')[0]}`);
  if (where.includes('SubmitJob')) ledger.count(`killed ${where.split(' ')[0]} SubmitJob`);
  scheduler.kill(task);
  return never;
}

/**
 * A request that takes its time on the way there, and its answer on the way back. Whoever gives up on it meanwhile
 * hears nothing of what was done: a request is carried out within the 30 s that callers wait, or never.
 */
export async function slowly<T>(
  between: Between,
  task: Task,
  signal: { readonly aborted: boolean; onabort?: unknown } | undefined,
  act: () => Promise<T>,
): Promise<T> {
  const { scheduler, random, trouble, ledger } = between;
  if (isCalm(between) || !random.chance(trouble.slow)) return act();
  ledger.count('Batch: slow');
  await scheduler.pause(task, random.below(25_000)).done;
  const answer = await act();
  const pause = scheduler.pause(task, random.below(40_000));
  // The SDK hands over the caller's own signal.
  (signal as AbortSignal | undefined)?.addEventListener('abort', pause.wake);
  await pause.done;
  if (signal?.aborted !== true) return answer;
  ledger.count('Batch: given up on');
  between.trace(() => `${task.name} gives up on it`);
  throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
}

/** A store or a forge as a process sees it; `refused`: nothing was done; `lost`: it was done, and nobody says so. */
export function around<T extends object>(
  between: Between,
  task: Task,
  target: T,
  service: string,
  rates: { readonly refused: number; readonly lost: number },
): T {
  const call = (name: string, given: readonly unknown[], method: (...given: unknown[]) => unknown) =>
    remotely(between, task, `${service}.${name}(${String(given[0])})`, async () => {
      const calm = isCalm(between);
      if (!calm && between.random.chance(rates.refused)) return fail(between, service, name, 'refused');
      const answer = await method(...given);
      if (!calm && between.random.chance(rates.lost)) return fail(between, service, name, 'answer lost');
      return answer;
    });
  return new Proxy(target, {
    get: (of, name) => {
      const value: unknown = Reflect.get(of, name, of);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      const method = (...given: unknown[]): unknown => Reflect.apply(value, of, given);
      if (name === 'url' || name === 'fileUrl') return method;
      if (name === 'list') return pages(between, method, call);
      return (...given: unknown[]) => call(name, given, method);
    },
  });
}

function fail({ ledger, trace }: Between, service: string, operation: string, how: string): never {
  trace(() => `${service}.${operation}: ${how}`);
  ledger.count(`${service}: ${how}`);
  throw new RemoteError({ service, operation }, `${service}.${operation}: ${how}`);
}

/** A listing comes in pages, and others write between them. */
function pages(
  { random }: Between,
  method: (...given: unknown[]) => unknown,
  call: (
    name: string,
    given: readonly unknown[],
    method: (...given: unknown[]) => unknown,
  ) => Promise<unknown>,
) {
  const list = method as Store['list']; // only a store has one
  return async function* (prefix: string, options: { readonly after?: string } = {}): AsyncGenerator<Entry> {
    let { after } = options;
    const size = random.pick([1, 3, 1000]);
    for (;;) {
      const page = (await call('list', [prefix], async () => {
        const entries: Entry[] = [];
        for await (const entry of list(prefix, after === undefined ? {} : { after })) {
          entries.push(entry);
          if (entries.length === size) break;
        }
        return entries;
      })) as readonly Entry[]; // what the function above gives
      yield* page;
      const last = page.at(-1);
      if (page.length < size || last === undefined) return;
      after = last.key;
    }
  };
}
