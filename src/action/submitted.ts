import { explainError } from '../place/exit-codes.ts';
import type { Workplace } from '../place/workplace.ts';
import { code, link, words } from '../report/escape.ts';
import { plural } from '../report/format.ts';
import { table } from '../report/markdown.ts';
import type { ReconciledOrFault } from '../run/reconcile.ts';
import { watch } from '../run/watch.ts';
import type { Action, Done } from './run-action.ts';
import { summarize } from './summary.ts';

/** What became of one grid. */
export interface Submitted {
  readonly path: string;
  readonly run: string | null;
  readonly outcome:
    | 'launched'
    | 'exists'
    | 'refused'
    | 'baseline'
    | 'manual'
    | 'superseded'
    | 'held'
    /** Something went wrong; it stays undecided. */
    | 'failed';
  readonly why: string | null;
  /** URL. */
  readonly review: string | null;
}

/** Submits the slices of what was launched, and leaves out what was decided before. */
export async function submittedRuns(
  place: Pick<Workplace, 'deps'>,
  decided: readonly ReconciledOrFault[],
  existing: ReadonlySet<string>,
): Promise<readonly Submitted[]> {
  const runs: Submitted[] = [];
  for (const one of decided) {
    const { path } = one;
    const none = { run: null, why: null, review: null };
    if ('fault' in one) {
      runs.push({ ...none, path, outcome: 'failed', why: explainError(one.fault).text });
      continue;
    }
    const { decision } = one;
    if (decision.outcome === 'unchanged') continue;
    if (decision.outcome === 'left') runs.push({ ...none, path, outcome: decision.kind, why: decision.why });
    else if (decision.outcome === 'refused') {
      runs.push({ ...none, path, outcome: 'refused', why: decision.why });
    } else if (decision.outcome !== 'launched') runs.push({ ...none, path, outcome: decision.outcome });
    else runs.push(await submitted(place, path, decision.run, existing.has(path)));
  }
  return runs;
}

/** A run that is written goes on by itself: what its first submission lacks, the next watch completes. */
async function submitted(
  { deps }: Pick<Workplace, 'deps'>,
  path: string,
  run: string,
  exists: boolean,
): Promise<Submitted> {
  const { refused, state } = await watch(deps, run, { publish: false });
  const outcome = exists ? 'exists' : 'launched';
  const review = state.review?.url ?? null;
  const [first] = refused;
  const why = first === undefined ? null : `its slices wait: ${first.why} ${first.fix}`;
  return { path, run, outcome, why, review };
}

export async function reportSubmitted(
  runs: readonly Submitted[],
  { voice }: Pick<Action<unknown>, 'voice'>,
  refusalsFail: boolean,
): Promise<Done<'began' | 'runs' | 'launched' | 'refused'>> {
  const count = (...outcomes: readonly Submitted['outcome'][]) =>
    runs.filter(({ outcome }) => outcomes.includes(outcome)).length;
  for (const { path, run, outcome, why } of runs) {
    voice.say(`${path}: ${outcome}${run === null ? '' : ` ${run}`}${why === null ? '' : ` (${why})`}`);
    const isWrong = outcome === 'refused' || outcome === 'failed';
    if (why !== null && (isWrong || run !== null)) {
      voice.annotate({ level: isWrong ? 'error' : 'warning', file: path, message: why });
    }
  }
  const rows = runs.map(({ path, run, outcome, why, review }) => [
    code(path),
    outcome,
    run === null ? '' : link(code(run), review ?? undefined),
    words(why ?? '', 600),
  ]);
  await summarize(
    rows.length === 0
      ? 'Every grid is as it was last decided: nothing to do.\n'
      : `${table(['Grid', 'Outcome', 'Run', ''], rows)}\n`,
  );
  const [refused, failed] = [count('refused'), count('failed')];
  const wrong = failed + (refusalsFail ? refused : 0);
  return {
    outputs: { began: true, runs, launched: count('launched'), refused },
    ...(wrong > 0 && {
      failed: `${plural(wrong, 'grid was', 'grids were')} not launched: see the annotations`,
    }),
  };
}
