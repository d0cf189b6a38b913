import { digest } from './compare.ts';
import { type Act, actsBlock, actWords, advice, type Controls, terminal } from './controls.ts';
import { code, cutBody, prose, words } from './escape.ts';
import { againAct, failureText } from './failure-text.ts';
import { count, moment, plural } from './format.ts';
import { blocks, bullets, fold, table } from './markdown.ts';
import { bar, eta, moneyText, type Origin, type RunProgress, seenText } from './run-progress.ts';
import { sliceMap } from './slice-map.ts';

/** The review of a run that is not finished: what is done, what is wrong, what it costs, what people can do. */
export function runReviewBody(progress: RunProgress, controls: Controls = terminal): string {
  const { run, failures, diagnosis, stopped, origin } = progress;
  const stuck = diagnosis.filter(({ wait }) => wait !== true);
  const told = ({ summary, fix, code: name }: RunProgress['diagnosis'][number]) =>
    `${words(summary, 600)} ${advice(controls, fix)} (${code(name, 60)})`;
  const body = blocks([
    `**${headline(progress)}**`,
    `\`${bar(progress)}\``,
    stopped === null
      ? undefined
      : `**Stopping**: ${prose(stopped.why, 300)} (${words(stopped.by, 80)}, ${moment(stopped.at)}). What has succeeded is kept and published as partial.`,
    ...(stuck.length === 0 ? [] : ['### Needs attention', bullets(stuck.map(told))]),
    ...diagnosis.filter(({ wait }) => wait).map((one) => `**Waiting**, nothing to mend: ${told(one)}`),
    stopped === null && stuck.length === 0 ? outlook(progress) : undefined,
    moneyText(progress),
    counts(progress),
    sliceMap(progress),
    ...(failures.length === 0 ? [] : ['### Failed so far', failureText(failures, controls)]),
    '### What you can do',
    actsBlock(controls, acts(progress, controls)),
    origin === undefined ? undefined : fold('Where it comes from', originTable(run, origin)),
    `<sub>${seenText(progress)}${late(progress, controls)}</sub>`,
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
  const where = `${phase}${round > 0 ? `, round ${round}` : ''}`;
  return `${finished}${failed}; ${where}${left === undefined ? '' : `; about ${left} to go`}`;
}

/** What a reader has to do, where nothing is wrong. */
function outlook({ failures }: RunProgress): string {
  const end = 'Results are committed to this branch when all slices have ended.';
  return failures.length === 0
    ? `Nothing is needed of you. ${end}`
    : `What failed can run again now or at the end; the rest goes on by itself. ${end}`;
}

function acts({ run, failures, phase }: RunProgress, { by }: Controls): (Act & { readonly to: string })[] {
  const look = by === 'workflows' ? { run } : { run, follow: 'true' };
  const stop = by === 'workflows' ? { run, reason: 'your reason' } : { run };
  return [
    // Nothing new is opened until it has stopped.
    ...(failures.length === 0 || phase === 'cancelling'
      ? []
      : [{ ...againAct(run, failures), to: 'run what failed again' }]),
    { workflow: 'watch', inputs: look, to: by === 'workflows' ? 'look at it now' : 'follow it' },
    ...(phase === 'cancelling'
      ? []
      : [{ workflow: 'cancel' as const, inputs: stop, to: 'stop it and keep what succeeded' }]),
  ];
}

/** GitHub starts schedules late, and disables those of repositories that rest for 60 days (GH 3.3). */
function late({ nextWatch, run }: RunProgress, controls: Controls): string {
  if (nextWatch === null || controls.by === 'terminal') return '';
  return ` Long past? Schedules may be late or disabled: ${actWords(controls, { workflow: 'watch', inputs: { run } })}.`;
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

function originTable(run: string, from: Origin): string {
  const at = from.commit === null ? ', not committed' : ` at ${code(from.commit)}`;
  return table(
    ['', ''],
    [
      ['Run', code(run)],
      ['Grid', `${code(from.path)}, SHA-256 ${code(digest(from.sha256))}`],
      ['Repository', `${words(from.repository)}${at}`],
      ['Started by', `${words(from.actor, 80)}, ${moment(from.createdAt)}`],
      ...from.images.map(({ name, identity }) => [
        'Image',
        `${code(name)}, content ${code(digest(identity))}`,
      ]),
      ['Engine', `${words(from.engine, 80)}, Muster ${code(from.version)}`],
      ...(from.reused === 0 ? [] : [['Reused', plural(from.reused, 'combination')]]),
    ],
  );
}
