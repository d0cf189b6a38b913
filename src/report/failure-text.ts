import { type Act, actIn, advice, type Controls, terminal } from './controls.ts';
import { code, fence, html, link, logLine, oneLine, words } from './escape.ts';
import type { FailureGroup } from './failure-groups.ts';
import { count, plural } from './format.ts';
import { blocks, bullets, fold } from './markdown.ts';

const groupsShown = 20;

/** Kinds of failures, largest first, each with labels and one folded tail. */
export function failureText(failures: readonly FailureGroup[], controls: Controls = terminal): string {
  const more = failures.slice(groupsShown);
  const rest = more.reduce((sum, group) => sum + group.count, 0);
  return blocks([
    ...failures.slice(0, groupsShown).map((group) => groupText(group, controls)),
    rest === 0 ? undefined : `And ${plural(rest, 'failure')} of ${plural(more.length, 'other kind')}.`,
  ]).trimEnd();
}

/**
 * Examples of one kind that have links: addresses are long, and a body may not be (design, section 12). Where there are
 * more than a group keeps, those alone are shown.
 */
const linksShown = 3;

function groupText(group: FailureGroup, controls: Controls): string {
  const shown = group.count > group.examples.length ? linksShown : group.examples.length;
  const labels = group.examples
    .slice(0, shown)
    .map(({ label, logUrl, url }, at) =>
      link(linkText(label), at < linksShown ? (logUrl ?? url) : undefined),
    );
  const others = group.count - labels.length;
  const head = `**${count(group.count)} x ${group.class}**: ${words(group.message, 300)}${ending(group)}`;
  const list = `${labels.join(', ')}${others > 0 ? ` and ${plural(others, 'other')}` : ''}${jobLink(group)}`;
  const help = group.advice === undefined ? '' : `\\\n${advice(controls, group.advice)}`;
  const first = group.examples[0]?.label ?? group.class;
  const tail =
    group.tail.trim() === ''
      ? undefined
      : fold(`What ${html(first, 120)} printed last`, fence(group.tail, { language: 'text' }));
  return blocks([`${head}\\\n${list}${help}`, tail]).trimEnd();
}

/** Code, unless it has ticks of its own: not all who draw Markdown see where a link with such code in it ends. */
const linkText = (label: string) => (label.includes('`') ? words(label, 120) : code(label, 120));

/** What runs all that failed again, with more of what they lacked where all of them lacked the same. */
export function againAct(run: string, failures: readonly FailureGroup[]): Act {
  const plain: Act = { workflow: 'rerun', inputs: { run, select: 'failed' } };
  const advised = failures.map(({ advice: text }) => actIn(text ?? ''));
  const [first] = advised;
  const same = advised.every((act) => JSON.stringify(act) === JSON.stringify(first));
  if (first?.workflow !== 'rerun' || first.inputs.run !== run || !same) return plain;
  // `<duration>` is for a person to fill in.
  return Object.values(first.inputs).some((value) => value.includes('<')) ? plain : first;
}

/** The labels lead to logs, where there are any. */
function jobLink({ examples: [first] }: FailureGroup): string {
  if (first?.url === undefined || first.logUrl === undefined) return '';
  return ` (${link('job of the first', first.url)})`;
}

function ending({ exitCode, signal }: FailureGroup): string {
  if (signal !== null) return ` (signal ${words(signal, 20)})`;
  return exitCode === null ? '' : ` (exit ${exitCode})`;
}

/** Lines of a tail that a terminal shows. */
const tailLines = 10;

/** The same for a terminal: each kind with its labels, and below it what one of them printed last. */
export function failureLines(failures: readonly FailureGroup[]): string[] {
  const lines = failures.slice(0, groupsShown).flatMap((group) => {
    const labels = group.examples.map(({ label }) => oneLine(label, 120));
    const others = group.count - labels.length;
    const tail = group.tail.trimEnd().split('\n').slice(-tailLines);
    return [
      `${count(group.count)} x ${group.class}: ${oneLine(group.message, 300)}${ending(group)}`,
      `  ${labels.join(', ')}${others > 0 ? ` and ${plural(others, 'other')}` : ''}`,
      ...tail.filter((line) => line !== '').map((line) => `  | ${oneLine(line, 200)}`),
      ...pages(group).map((line) => `  ${line}`),
    ];
  });
  const more = failures.slice(groupsShown).reduce((sum, group) => sum + group.count, 0);
  return [...lines, ...(more === 0 ? [] : [`and ${plural(more, 'other failure')}`])].map((line) =>
    logLine(line, 1000),
  );
}

/** What to do, and where to look. */
function pages({ advice, examples: [first] }: FailureGroup): string[] {
  return [
    ...(advice === undefined ? [] : [oneLine(advice, 500)]),
    ...(first?.url === undefined ? [] : [`job: ${oneLine(first.url, 500)}`]),
    ...(first?.logUrl === undefined ? [] : [`log: ${oneLine(first.logUrl, 800)}`]),
  ];
}

/** Labels nobody reported on: all of the first 50, and how many more. */
export function missingText(labels: readonly string[], total: number): string | undefined {
  if (total === 0) return undefined;
  const list = bullets(labels.map((label) => code(label, 160)));
  const more = total > labels.length ? `\n- and ${plural(total - labels.length, 'other')}` : '';
  return total > 10 ? fold(plural(total, 'missing combination'), `${list}${more}`) : `${list}${more}`;
}

export interface FailureEvent {
  readonly label: string;
  readonly class: FailureGroup['class'];
  readonly message: string;
  readonly attempts: number;
}

/** One line of a terminal or a workflow log. */
export function failureLine({ label, class: kind, message, attempts }: FailureEvent): string {
  const tries = attempts > 1 ? `, ${attempts} attempts` : '';
  return logLine(`failed  ${oneLine(label, 120)}  (${kind}${tries})  ${oneLine(message, 240)}`);
}
