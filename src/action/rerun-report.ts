import { code, words } from '../report/escape.ts';
import { count, money, plural } from '../report/format.ts';
import { bullets } from '../report/markdown.ts';
import type { RerunOutcome, RerunPlan } from '../run/rerun.ts';
import type { Approval } from './approval.ts';
import type { Action, Output } from './run-action.ts';
import { summarize } from './summary.ts';

type Shown = Exclude<RerunOutcome, { outcome: 'refused' }>;

export function outputsOf(run: string, outcome: Shown, approval: Approval | 'none', review?: string) {
  const plan = outcome.outcome === 'nothing' ? undefined : outcome.plan;
  return {
    ...{ run, outcome: outcome.outcome, approval, review },
    ...{ digest: plan?.digest, round: plan?.round, combinations: plan?.combinations ?? 0 },
    ...{ slices: plan?.slices ?? 0, usd: plan?.usd, 'worst-usd': plan?.worstUsd },
  } satisfies Readonly<Record<string, Output>>;
}

/** What the round is, for the log and the summary that its reviewers read. */
export async function tellRerun(
  { inputs, voice }: Action<{ readonly select: string; readonly reason: string }>,
  run: string,
  outcome: Shown,
  approval?: Approval,
): Promise<void> {
  const { select, reason } = inputs;
  if (outcome.outcome === 'nothing') {
    const line = `Nothing to run: \`${select}\` chooses no combination that has not succeeded or is not at work`;
    voice.say(`${run}: ${line}`);
    return summarize(`${code(run)}: nothing to run; ${code(select)} chooses no combination.\n`);
  }
  const { plan } = outcome;
  const done = outcome.outcome === 'opened' ? 'opened' : 'would be opened';
  const head = `round ${plan.round} ${done}: ${plural(plan.combinations, 'combination')} in ${plural(plan.slices, 'slice')}`;
  const facts = factsOf(plan);
  for (const line of [`${run}: ${head}`, ...facts]) voice.say(line);
  await summarize(
    `**${code(run)}, ${head}**\n\n${bullets([
      `Chosen by ${code(select)}; reason: ${words(reason, 400)}`,
      ...facts.map((fact) => words(fact, 400)),
      ...(approval === undefined ? [] : [words(needs[approval])]),
    ])}\n`,
  );
}

const factsOf = (plan: RerunPlan): readonly string[] => [
  plan.usd === null ? 'What it costs is not known: no combination has told' : `About ${money(plan.usd)}`,
  `At worst ${money(plan.worstUsd)}; ${plan.budgetLeftUsd === null ? 'no budget' : `${money(plan.budgetLeftUsd)} of the budget left`}`,
  ...(plan.leftOut > 0 ? [`${count(plan.leftOut)} left out because they have succeeded`] : []),
  ...(plan.inProgress > 0 ? [`${count(plan.inProgress)} left to the slices that still work on them`] : []),
  ...(plan.refused === undefined ? [] : [plan.refused.why]),
];

const needs: Readonly<Record<Approval, string>> = {
  open: 'Needs no further approval',
  gated: 'Waits for the reviewers of the environment',
  held: 'Nobody can be asked: dispatch again with the whole run id and the amount in approve-usd',
};
