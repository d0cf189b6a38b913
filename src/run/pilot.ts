import * as ranges from '../plan/ranges.ts';
import { restRound } from '../plan/rounds.ts';
import { count, money } from '../report/format.ts';
import type { RunDeps } from './deps.ts';
import { mergeOutcomes } from './merge-outcomes.ts';
import type { ArrayAt } from './observe.ts';
import { forecastUsd } from './price.ts';
import type { RoundRecord } from './records.ts';
import { basisOf, roundRecord } from './round-record.ts';
import { openRound, type Started } from './start.ts';

/** What a pilot showed. */
interface Shown {
  readonly succeeded: number;
  readonly combinations: number;
  /** Seconds of one combination, everything included. */
  readonly seconds: number;
}

/** Whether the rest may run: every pilot combination verified, and the forecast fits the budget. Pure. */
export function judgePilot(
  shown: Shown,
  rest: { readonly combinations: number; readonly usd: number },
  budget: { readonly usd: number | null; readonly spentUsd: number },
): { readonly goOn: boolean; readonly why: string } {
  if (shown.succeeded < shown.combinations) {
    const failed = shown.combinations - shown.succeeded;
    return {
      goOn: false,
      why: `${count(failed)} of ${count(shown.combinations)} pilot combinations did not succeed`,
    };
  }
  const total = budget.spentUsd + rest.usd;
  if (budget.usd !== null && total > budget.usd) {
    const why = `the pilot's times forecast ${money(total)} in all, above the budget of ${money(budget.usd)}`;
    return { goOn: false, why };
  }
  return {
    goOn: true,
    why: `${count(shown.combinations)} pilot combinations verified; ${count(rest.combinations)} more follow`,
  };
}

/** After the last array of a run has ended: opens the rest of a good pilot, or says that it is time to publish. */
export async function afterPilot(
  deps: RunDeps,
  started: Started,
  arrays: readonly ArrayAt[],
  spentUsd: number,
): Promise<'publish' | 'went on'> {
  const { run, rounds, state } = started;
  const { phase } = state.value.phase;
  const pilot = rounds.at(-1);
  if (pilot?.reason !== 'pilot' || (phase !== 'launching' && phase !== 'running')) return 'publish';
  const shown = await pilotOutcomes(deps, started, arrays, pilot);
  const settled = ranges.union(...pilot.groups.map(({ indexes }) => indexes), run.settled);
  const rest = restRound(basisOf(run, deps.engine.limits), settled);
  const usd = forecastUsd(deps.planEngine, rest, shown.seconds);
  const combinations = rest.groups.reduce((sum, { indexes }) => sum + ranges.size(indexes), 0);
  const budget = { usd: pilot.budgetUsd, spentUsd };
  const verdict = judgePilot(shown, { combinations, usd }, budget);
  deps.log({ kind: 'pilot-ended', run: run.run, ...verdict });
  if (!verdict.goOn) return 'publish';
  const opened = await openRound(deps, run, roundRecord(deps, run, pilot.round + 1, rest, verdict.why));
  return opened.outcome === 'opened' ? 'went on' : 'publish';
}

async function pilotOutcomes(
  deps: RunDeps,
  started: Started,
  arrays: readonly ArrayAt[],
  pilot: RoundRecord,
): Promise<Shown> {
  const indexes = ranges.union(...pilot.groups.map((group) => group.indexes));
  let [succeeded, combinations, seconds] = [0, 0, 0];
  using merge = await mergeOutcomes(deps, started, arrays);
  for await (const outcome of merge.outcomes()) {
    if (!ranges.contains(indexes, outcome.combination.index)) continue;
    combinations += 1;
    if (outcome.state === 'succeeded') succeeded += 1;
    seconds += outcome.usage?.totalSeconds ?? 0;
  }
  return { succeeded, combinations, seconds: combinations === 0 ? 0 : seconds / combinations };
}
