import { logLine, oneLine } from './escape.ts';
import { failureLine } from './failure-text.ts';
import { money, moneyRange, plural } from './format.ts';
import {
  bar,
  doneText,
  eta,
  type RunProgress,
  seenText,
  sliceCounts,
  stateWords,
  unfinishedLines,
} from './run-progress.ts';

const failuresShown = 10;

/** `muster status`: a run on one screen of a terminal. */
export function statusText(progress: RunProgress): string {
  const { grid, run, round, stopped, diagnosis } = progress;
  const left = eta(progress);
  return [
    `${grid}  ${run}`,
    `${bar(progress)}${left === undefined ? '' : `, about ${left} to go`}`,
    `state    ${stateWords(progress)}, round ${round}`,
    `done     ${doneText(progress)}`,
    `slices   ${sliceCounts(progress)}${round > 0 ? ' (in all rounds)' : ''}`,
    `money    ${moneyLine(progress)}`,
    ...(stopped === null ? [] : [`stopped  ${oneLine(stopped.why)} (${oneLine(stopped.by, 80)})`]),
    ...diagnosis.flatMap(diagnosisLines),
    ...unfinishedLines(progress).map((line) => `missing  ${line}`),
    ...failureLines(progress),
    seenText(progress),
  ]
    .map((line) => logLine(line, 1000))
    .join('\n')
    .concat('\n');
}

/** What it is first; the words of others about it, and what to do, indented below. */
function diagnosisLines({ summary, fix, wait }: RunProgress['diagnosis'][number]): string[] {
  const [what = '', ...more] = [...summary.split('\n'), fix].map((line) => oneLine(line, 500));
  return [`${wait ? 'waiting' : 'stuck  '}  ${what}`, ...more.map((line) => `         ${line}`)];
}

function moneyLine({
  phase,
  money: { meteredUsd, budgetUsd, estimateUsd, usdPerHour },
}: RunProgress): string {
  const parts = [
    `${money(meteredUsd)} at most${budgetUsd === null ? '' : ` of ${money(budgetUsd)}`}`,
    ...(estimateUsd === null ? [] : [`estimate ${moneyRange(estimateUsd)}`]),
    ...(usdPerHour === null || phase === 'published' ? [] : [`${money(usdPerHour)} an hour now`]),
  ];
  return parts.join(', ');
}

function failureLines({ failures }: RunProgress): string[] {
  const lines = failures.flatMap((group) =>
    group.examples.map(({ label, attempts }) => failureLine({ ...group, label, attempts })),
  );
  const all = failures.reduce((sum, group) => sum + group.count, 0);
  const shown = lines.slice(0, failuresShown);
  return [
    ...shown,
    ...(all > shown.length ? [`        and ${plural(all - shown.length, 'other failure')}`] : []),
  ];
}
