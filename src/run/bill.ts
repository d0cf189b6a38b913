import type { EngineAttempt } from '../engine/engine.ts';
import { type Bill, type BilledAttempt, Biller } from '../money/bill.ts';
import type { AttemptsSeen, SeenAttempt } from '../results/attempts-seen.ts';
import { attemptsOf, forgotten, type KnownAttempts } from './attempts.ts';
import type { RunDeps } from './deps.ts';
import { storedFailures } from './failures.ts';
import type { ArrayAt } from './observe.ts';
import { meterTerms, type PricedPlace, secondPrice } from './price.ts';
import { withPricesOf } from './pricing.ts';
import type { ChildFailureRecord } from './records.ts';
import type { Started } from './start.ts';

/**
 * What all attempts of a run cost. Fragments tell of most; the recorded failures of those that failed; the engine is
 * asked only about slices of which some attempt left no full word, once (see `attemptsOf`). So that the same fragments
 * always make the same bill.
 */
export async function billOf(
  world: RunDeps,
  { run, rounds }: Started,
  arrays: readonly ArrayAt[],
  seen: AttemptsSeen,
): Promise<Bill> {
  const deps = withPricesOf(world, run);
  const usdPerSecond = secondPrice(deps.planEngine, rounds);
  const left = new Set(arrays);
  const biller = new Biller();
  const bill = async (at: ArrayAt, failures: readonly ChildFailureRecord[]) => {
    for (const attempt of await attemptsIn(deps, run.run, at, failures, seen)) {
      const usd = usdPerSecond(attempt.place);
      biller.add({ ...attempt, usdPerHour: usd === null ? null : usd * 3600 });
    }
  };
  for await (const { at, lines } of storedFailures(deps, run.run, [...left])) {
    left.delete(at);
    await bill(at, lines);
  }
  for (const at of left) await bill(at, []);
  return biller.bill();
}

type Unpriced = Omit<BilledAttempt, 'usdPerHour'> & { readonly place: PricedPlace };

async function attemptsIn(
  deps: RunDeps,
  run: string,
  at: ArrayAt,
  failures: readonly ChildFailureRecord[],
  seen: AttemptsSeen,
): Promise<readonly Unpriced[]> {
  const { value } = at.document;
  const submission = 'submission' in value ? value.submission : null;
  const { timeoutSeconds } = meterTerms(deps.planEngine, at.round, at.array);
  const slices = Array.from({ length: at.array.slices }, (_, child) => ({
    ...{ child, place: { round: at.round.round, slice: at.array.firstSlice + child } },
    attempts: seen.of(at.round.round, at.array.firstSlice + child),
  }));
  if (submission === null) {
    return slices.flatMap(({ place, attempts }) => placed(place, unrecorded(attempts, timeoutSeconds)));
  }
  const { handle } = submission;
  const { jobId } = handle;
  const children = slices.map((slice) => ({
    ...{ ...slice, own: slice.attempts.filter(({ job }) => job === jobId) },
  }));
  const recorded = new Map(
    failures.map((failure): [number, KnownAttempts] => [failure.child, failure.attempts]),
  );
  const unclear = children.filter(({ child, own }) => !recorded.has(child) && !isClear(own));
  const indexes = unclear.map(({ child }) => child);
  const told = new Map([...(await attemptsOf(deps, run, at, handle, indexes)), ...recorded]);
  return children.flatMap(({ child, place, own, attempts }) =>
    placed(place, [
      ...sliceAttempts(own, told.get(child) ?? [], timeoutSeconds),
      // Twins of a lost submission: stopped as soon as they were found, or surplus.
      ...attempts.filter(({ job }) => job !== jobId).map((one) => fromFragments(one, false)),
    ]),
  );
}

const placed = (place: PricedPlace, attempts: readonly Told[]): readonly Unpriced[] =>
  attempts.map(({ instance, ...attempt }) => ({
    ...{ ...attempt, place: { ...place, ...(instance && { instance }) } },
  }));

/** Of a slice whose job was never recorded: what worked all the same has left fragments. */
function unrecorded(attempts: readonly SeenAttempt[], timeoutSeconds: number): readonly Told[] {
  const jobs = Map.groupBy(attempts, ({ job }) => job);
  return [...jobs.values()].flatMap((own) => sliceAttempts(own, [], timeoutSeconds));
}

/** Every attempt up to the last one left its full word. */
function isClear(attempts: readonly SeenAttempt[]): boolean {
  const last = Math.max(0, ...attempts.map(({ attempt }) => attempt));
  return last > 0 && attempts.filter(({ complete }) => complete).length === last;
}

type Told = Omit<BilledAttempt, 'usdPerHour'> & { readonly instance?: PricedPlace['instance'] };

/**
 * The attempts of one slice, from its fragments and from the engine. Pure. The engine's times count before the
 * worker's; an attempt whose end nobody saw counts with its whole timeout. A slice that left no word and that the engine
 * has forgotten may have run: it counts as one such attempt, for nobody's word is no proof that it cost nothing.
 */
export function sliceAttempts(
  seen: readonly SeenAttempt[],
  known: KnownAttempts,
  timeoutSeconds: number,
): readonly Told[] {
  const told = known === forgotten ? [] : known;
  const fewest = known === forgotten ? 1 : 0;
  const last = Math.max(fewest, ...seen.map(({ attempt }) => attempt), ...told.map(({ attempt }) => attempt));
  return Array.from({ length: last }, (_, before) => {
    const number = before + 1;
    const fragment = seen.find(({ attempt }) => attempt === number);
    const record = told.find(({ attempt }) => attempt === number);
    const well = number === last && fragment?.complete === true;
    const plain = fragment === undefined ? nothingSeen : fromFragments(fragment, well);
    const seconds = secondsOf(fragment, record, told.length > 0);
    const assumed = seconds === undefined;
    const instance =
      plain.instance ?? (record?.instance === undefined ? undefined : { type: record.instance });
    return { ...plain, seconds: seconds ?? timeoutSeconds, assumed, ...(instance && { instance }) };
  });
}

/** `undefined`: nobody saw the end. */
function secondsOf(
  fragment: SeenAttempt | undefined,
  record: EngineAttempt | undefined,
  engineKnows: boolean,
): number | undefined {
  if (record?.startedAt !== undefined && record.stoppedAt !== undefined) {
    return Math.max(0, (Date.parse(record.stoppedAt) - Date.parse(record.startedAt)) / 1000);
  }
  if (fragment?.complete === true) return fromFragments(fragment, true).seconds;
  // It never got a machine (AB 2.5): its image could not be pulled, or it was stopped while it waited.
  if (record !== undefined && record.startedAt === undefined && fragment === undefined) return 0;
  if (record === undefined && engineKnows && fragment === undefined) return 0;
  return undefined;
}

const nothingSeen: Told = {
  ...{ seconds: 0, workSeconds: 0, programSeconds: 0, repeatedSeconds: 0, well: false, assumed: false },
};

function fromFragments(seen: SeenAttempt, well: boolean): Told {
  return {
    seconds: Math.max(0, (seen.endedAt - seen.startedAt) / 1000),
    workSeconds: seen.workMilliseconds / 1000,
    programSeconds: seen.programMilliseconds / 1000,
    repeatedSeconds: seen.repeatedMilliseconds / 1000,
    ...{ well, assumed: false },
    ...(seen.instance && { instance: seen.instance }),
  };
}
