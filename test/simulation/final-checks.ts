import type { Outcome } from '../../src/results/outcome.ts';
import { readOutcomes } from '../../src/results/read-merged.ts';
import { recordedJob } from '../../src/run/array-state.ts';
import type { RunDeps } from '../../src/run/deps.ts';
import { readArrays } from '../../src/run/observe.ts';
import { mergePublication, withFolder } from '../../src/run/publication.ts';
import { publish } from '../../src/run/publish.ts';
import { reviewBranch } from '../../src/run/review.ts';
import { ensureStarted } from '../../src/run/start.ts';
import { checkBill } from './bill-check.ts';
import { placeOf } from './ledger.ts';
import type { People } from './people.ts';
import type { World } from './world.ts';

/** What must hold once a run has come to its end. */
export async function finalChecks(world: World, people: People): Promise<void> {
  const run = people.runId;
  if (run === undefined || world.invariants.runRecord === undefined) return;
  checkReview(world, run);
  checkJobs(world);
  checkCost(world);
  await checkBill(world);
  const { sha256 } = world.invariants.publishedRecord ?? {};
  if (sha256 === undefined) return world.violation('published', 'there is no published set');
  const state = world.invariants.stateRecord?.phase;
  if (state?.phase === 'published' && state.sha256 !== sha256) {
    world.violation('published', `the state names ${state.sha256}, published/ names ${sha256}`);
  }
  const outcomes: Outcome[] = [];
  for await (const outcome of readOutcomes(world.store, { run, sha256 })) outcomes.push(outcome);
  checkOutcomes(world, outcomes);
  await checkRepeat(world, run, sha256);
}

function checkReview(world: World, run: string): void {
  const review = world.forge.reviews.findLast(({ branch }) => branch === reviewBranch(run));
  if (review === undefined) {
    world.violation('the review is ready', 'there is none');
    return;
  }
  if (review.state === 'open' && review.stage !== 'ready') {
    world.violation('the review is ready', `it is ${review.stage}: ${review.title}`);
  }
}

function checkJobs(world: World): void {
  for (const job of world.batch.openJobs()) world.violation('no job is left running', `${job} at the end`);
  for (const [place, record] of world.invariants.arrays) {
    if (record.state === 'submitted' || record.state === 'submitting' || record.state === 'intended') {
      world.violation('no job is left running', `array ${place} is ${record.state} at the end`);
    }
  }
}

/** Given looks at most two watch periods apart, as the plan states. */
function checkCost(world: World): void {
  const { invariants, ledger, scenario } = world;
  const run = invariants.runRecord;
  const budget = [...invariants.rounds.values()].reduce<number | null>(
    (most, { budgetUsd }) => (budgetUsd === null || most === null ? null : Math.max(most, budgetUsd)),
    0,
  );
  if (run === undefined || budget === null) return;
  const first = ledger.containers[0]?.from ?? 0;
  const looks = [first, ...ledger.looks.filter((at) => at >= first)];
  const widest = Math.max(...looks.slice(1).map((at, number) => at - (looks[number] ?? at)));
  if (widest > 2 * scenario.watchSeconds * 1000) {
    ledger.count('cost not judged: looks too far apart');
    return;
  }
  ledger.count('cost judged');
  const usd = invariants.trueUsd();
  if (usd <= budget + run.estimate.overshootUsd + 1e-9) return;
  world.violation(
    'true cost <= budget + overshoot',
    `$${usd.toFixed(4)} of $${budget.toFixed(4)} + $${run.estimate.overshootUsd.toFixed(4)}`,
  );
}

/** Every combination once, with a reason; nothing that succeeded is called otherwise. */
function checkOutcomes(world: World, outcomes: readonly Outcome[]): void {
  const { invariants, ledger } = world;
  const run = invariants.runRecord;
  const indexes = outcomes.map(({ combination }) => combination.index);
  const count = run?.combinations ?? 0;
  if (indexes.length !== count || new Set(indexes).size !== count) {
    world.violation('every combination once', `${indexes.join(' ')} of ${count}`);
  }
  for (const outcome of outcomes) {
    const { index } = outcome.combination;
    ledger.count(`combination ${outcome.state}`);
    const words = ledger.written.filter((written) => written.index === index);
    const good = words.find(({ state }) => state === 'succeeded');
    if (good !== undefined && outcome.state !== 'succeeded') {
      world.violation(
        'a success stays',
        `${index} succeeded as ${good.job} #${good.attempt}, but is ${outcome.state}`,
      );
    }
    if (good === undefined && outcome.state === 'succeeded') {
      world.violation('a success is true', `${index} is called succeeded, but no attempt said so`);
    }
    if (outcome.state === 'failed' && (outcome.failure?.message ?? '') === '') {
      world.violation('a failure has a reason', `${index}`);
    }
    if (outcome.state === 'missing') checkMissing(world, index, words.length);
  }
}

/** Missing is only what was stopped, cancelled, never submitted, or forgotten by Batch. */
function checkMissing(world: World, index: number, words: number): void {
  const { invariants, ledger } = world;
  if (words > 0) world.violation('missing has no word', `${index} failed, but is called missing`);
  const aside = [...invariants.arrays.values()].some(
    ({ state }) => state === 'cancelled' || state === 'unknown',
  );
  // In any round: the state forgets a stop once a rerun follows, and who stopped it may have died before saying so.
  const stopped = ledger.happened.has('phase: cancelling');
  const reasons = [...invariants.rounds.values()].map(({ reason }) => reason);
  const isBadPilot = reasons.includes('pilot') && !reasons.includes('rest');
  if (aside || stopped || world.nobody !== undefined || isBadPilot) return;
  const containers = ledger.containers.filter(
    (one) => recordedJob(invariants.arrays.get(placeOf(one)) ?? none) === one.job,
  );
  world.violation('missing has a reason', `${index}; ${containers.length} containers of recorded jobs ran`);
}

const none = { state: 'intended', name: '', queue: '', at: '' } as const;

/** Merged again, with readings in another order, the same bytes; published again, nothing changes. */
async function checkRepeat(world: World, run: string, sha256: string): Promise<void> {
  let again = '';
  let over = false;
  world.process(
    'auditor',
    async (deps: RunDeps) => {
      const started = await ensureStarted(deps, run);
      const arrays = await readArrays(deps, run, started.rounds);
      again = await withFolder(deps, async (folder) => {
        const merged = await mergePublication(deps, started, arrays, folder);
        return merged.set.sha256;
      });
      const published = await publish(deps, run);
      if (published.outcome !== 'published' || published.sha256 !== sha256) {
        world.violation('publish is the same again', JSON.stringify(published));
      }
    },
    () => {
      over = true;
    },
  );
  world.beCalm();
  await world.scheduler.run(() => over, Number.POSITIVE_INFINITY);
  if (again !== sha256)
    world.violation('publish is the same again', `${sha256} was published, ${again} comes now`);
  if (world.invariants.hasMarker) world.violation('publish is the same again', 'the marker is back');
}
