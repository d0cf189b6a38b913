import { code, cutBody, prose, words } from './escape.ts';
import { failureText } from './failure-text.ts';
import { count, moment, plural } from './format.ts';
import { blocks, bullets, shell, table } from './markdown.ts';
import { bar, eta, moneyText, type RunProgress, seenText } from './run-progress.ts';
import { sliceMap } from './slice-map.ts';

/** The review of a run that is not finished: what is done, what it costs, what is wrong, what comes next. */
export function runReviewBody(progress: RunProgress): string {
  const { run, failures, diagnosis, stopped } = progress;
  const stuck = diagnosis.filter(({ wait }) => wait !== true);
  const body = blocks([
    `**${headline(progress)}**`,
    `\`${bar(progress)}\``,
    stopped === null
      ? undefined
      : `*Stopping*: ${prose(stopped.why, 300)} (${words(stopped.by, 80)}, ${moment(stopped.at)})`,
    ...(stuck.length === 0 ? [] : ['### Needs attention', bullets(stuck.map(diagnosed))]),
    ...diagnosis.filter(({ wait }) => wait).map((one) => `*Waiting*: ${diagnosed(one)}`),
    counts(progress),
    moneyText(progress),
    sliceMap(progress),
    ...(failures.length === 0 ? [] : ['### Failed so far', failureText(failures)]),
    '### Commands',
    shell([
      ...(failures.length === 0 ? [] : [`muster rerun ${run} --select failed`]),
      `muster status ${run} --follow`,
      `muster cancel ${run}`,
    ]),
    `<sub>${seenText(progress)}</sub>`,
  ]);
  return cutBody(body, `\`muster status ${run}\` shows everything.`);
}

/** The title of the review while the run goes on. */
export function runReviewTitle({ grid, combinations, done }: RunProgress): string {
  return `${grid}: ${count(done.succeeded + done.failed)} of ${count(combinations)} finished`;
}

function headline(progress: RunProgress): string {
  const { combinations, done, phase, round } = progress;
  const finished = `${count(done.succeeded + done.failed)} of ${plural(combinations, 'combination')} finished`;
  const failed = done.failed > 0 ? `, ${count(done.failed)} failed` : '';
  const left = eta(progress);
  return `${finished}${failed}; ${phase}, round ${round}${left === undefined ? '' : `; about ${left} to go`}`;
}

function diagnosed({ summary, fix, code: name }: RunProgress['diagnosis'][number]): string {
  return `${words(summary, 600)} ${prose(fix, 500)} (${code(name, 60)})`;
}

function counts({ slices }: RunProgress): string {
  const { total, waiting, starting, running, succeeded, failed, withoutResult } = slices;
  const without = withoutResult > 0;
  const row = [total, waiting, starting, running, succeeded, failed, ...(without ? [withoutResult] : [])];
  return table(
    [
      ...['Slices', 'Waiting', 'Starting', 'Running', 'Succeeded', 'Failed'],
      ...(without ? ['Without result'] : []),
    ],
    [row.map(count)],
    row.map((_, column) => column),
  );
}
