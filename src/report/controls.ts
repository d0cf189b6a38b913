import { code, link, prose } from './escape.ts';
import { shell } from './markdown.ts';
import { shellWords } from './shell-words.ts';

/** Workflows that people start by hand; the file of each is `<name>.yml`. */
export const workflows = ['launch', 'watch', 'rerun', 'cancel', 'preflight'] as const;
export type Workflow = (typeof workflows)[number];

/** How those who read a review act: beside a terminal with `muster`, or with the workflows of the repository. */
export type Controls =
  | { readonly by: 'terminal' }
  /** `pages` has the address where each workflow is started. */
  | { readonly by: 'workflows'; readonly pages: Readonly<Record<Workflow, string>> };

export const terminal: Controls = { by: 'terminal' };

/** Something to do, with the inputs of its workflow; the options of the command have the same names. */
export interface Act {
  readonly workflow: Workflow;
  readonly inputs: Readonly<Record<string, string>>;
}

/** What the command takes without a name before it. */
const places: Readonly<Record<Workflow, string>> = {
  launch: 'grid',
  watch: 'run',
  rerun: 'run',
  cancel: 'run',
  preflight: 'grids',
};

/** A line to paste: `muster rerun demo-0123 --select failed`, or the same through GitHub's command line. */
export function commandLine({ by }: Controls, { workflow, inputs }: Act): string {
  const given = Object.entries(inputs);
  if (by === 'workflows') {
    const fields = given.flatMap(([name, value]) => ['-f', `${name}=${value}`]);
    return shellWords(['gh', 'workflow', 'run', `${workflow}.yml`, ...fields]);
  }
  const words = given.flatMap(([name, value]) => {
    if (name === places[workflow]) return [value];
    return value === 'true' ? [`--${name}`] : [`--${name}`, value];
  });
  return shellWords(['muster', workflow, ...words]);
}

/** The same inside a sentence: the command, or the workflow with what goes into its form. */
export function actWords(controls: Controls, act: Act): string {
  if (controls.by === 'terminal') return code(commandLine(controls, act), 400);
  const { workflow, inputs } = act;
  const fields = Object.entries(inputs).map(([name, value]) => `${code(name, 40)}: ${code(value, 200)}`);
  return `workflow ${link(`**${workflow}**`, controls.pages[workflow])}${fields.length === 0 ? '' : ` with ${fields.join(', ')}`}`;
}

/** Acts one below the other, what each is for, and what to paste: each by itself, for a copy takes all of a block. */
export function actsBlock(controls: Controls, acts: readonly (Act & { readonly to: string })[]): string {
  if (controls.by === 'terminal') {
    return shell(acts.flatMap((act) => [`# ${act.to}`, commandLine(controls, act)]));
  }
  const each = acts.map(
    (act) =>
      `${capital(act.to)}: ${actWords(controls, act)}, or paste\n\n${shell([commandLine(controls, act)])}`,
  );
  return `${each.join('\n\n')}\n\nEach link leads to *Run workflow*.`;
}

const capital = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/**
 * Words for people with commands of `muster` in them, told as what these readers have: advice of engines is kept in the
 * store and does not know where it will be read.
 */
export function advice(controls: Controls, text: string, max = 600): string {
  if (controls.by === 'terminal') return prose(text, max);
  let told = '';
  let from = 0;
  for (const found of text.matchAll(/`([^`]*)`/g)) {
    const instead = inControls(controls, found[1] ?? '');
    if (instead === undefined) continue;
    told += around(text.slice(from, found.index), max) + instead;
    from = found.index + found[0].length;
  }
  return `${told}${around(text.slice(from), max)}`;
}

/** `prose` keeps no blanks at the ends. */
function around(text: string, max: number): string {
  if (text.trim() === '') return text === '' ? '' : ' ';
  return `${/^\s/.test(text) ? ' ' : ''}${prose(text, max)}${/\s$/.test(text) ? ' ' : ''}`;
}

function inControls(controls: Controls, line: string): string | undefined {
  const option = /^--([a-z][a-z-]*) (\S+)$/.exec(line);
  if (option !== null) return `${code(option[1] ?? '', 40)}: ${code(option[2] ?? '', 200)}`;
  const act = parseCommand(line);
  return act === undefined ? undefined : actWords(controls, act);
}

/** The first act that a text tells of. */
export function actIn(text: string): Act | undefined {
  for (const found of text.matchAll(/`([^`]*)`/g)) {
    const act = parseCommand(found[1] ?? '');
    if (act !== undefined) return act;
  }
  return undefined;
}

/** `muster rerun <run> --select failed --memory 12GiB`; nothing of another form. */
function parseCommand(line: string): Act | undefined {
  const [program, verb, ...words] = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(
    (word) => word[1] ?? word[2] ?? '',
  );
  const workflow = workflows.find((name) => name === verb);
  if (program !== 'muster' || workflow === undefined) return undefined;
  const inputs: Record<string, string> = {};
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const next = words[at + 1];
    // What only a terminal has.
    if (word === '--follow') return undefined;
    if (!word.startsWith('--')) inputs[places[workflow]] = word;
    else if (next === undefined || next.startsWith('--')) inputs[word.slice(2)] = 'true';
    else {
      inputs[word.slice(2)] = next;
      at += 1;
    }
  }
  return { workflow, inputs };
}
