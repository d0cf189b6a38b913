import type { Market } from '../money/rate.ts';
import type { Estimate, ResourceClass } from '../plan/plan.ts';
import { compareRuns } from './compare.ts';
import { actsBlock, type Controls, terminal } from './controls.ts';
import { code, cutBody, html, htmlAddress, prose, safeAddress, words } from './escape.ts';
import { againAct, failureText, missingText } from './failure-text.ts';
import type { Figure } from './figures/figures.ts';
import { findings, numbersTable } from './findings.ts';
import { count, moment, plural } from './format.ts';
import { actualText, type Provenance, provenanceText } from './ledger.ts';
import { blocks, bullets, fold, shell, table } from './markdown.ts';
import { memoryRaised, type RoundDone, roundsText } from './rounds.ts';
import type { RunFacts } from './run-facts.ts';
import type { Summary } from './summary.ts';
import { type Stopped, verdict } from './verdict.ts';
import { wasteText } from './waste.ts';

/** Everything that the texts of a finished run are made of. */
export interface Published {
  readonly grid: string;
  readonly summary: Summary;
  readonly facts: RunFacts;
  /** The run before this one, of the same grid. */
  readonly previous?: RunFacts;
  /** Fragments that the merge could not use. */
  readonly unreadable?: readonly { readonly key: string; readonly reason: string }[];
  readonly figures: readonly Pick<Figure, 'name' | 'title' | 'alt'>[];
  readonly classes: readonly ResourceClass[];
  /** Declared outputs of the program, for an example of what to fetch. */
  readonly outputs?: readonly { readonly path: string }[];
  /** Prices by queue, for what a leaner request would save. */
  readonly marketOf?: (queue: string) => Market;
  /** What the prices are, a sentence each. */
  readonly prices?: readonly string[];
  readonly estimate: Pick<Estimate, 'usd' | 'hours' | 'ceilingUsd'>;
  readonly budgetUsd: number | null;
  readonly stopped: Stopped | null;
  /** In order. */
  readonly rounds?: readonly RoundDone[];
  readonly provenance: Provenance;
  /** How its readers act; at a terminal without it. */
  readonly controls?: Controls;
}

export interface ResultFile {
  /** In the results folder. */
  readonly name: string;
  /** Where it is instead, when it is too large for the repository. */
  readonly elsewhere?: string;
}

/** The review of a finished run. `figureUrl` gives the address of a figure, `resultsPath` the folder of the results. */
export function publishedBody(
  published: Published,
  where: { readonly figureUrl: (name: string) => string; readonly resultsPath: string },
): string {
  const body = blocks([
    ...opening(published, where.figureUrl, decision(published, where.resultsPath)),
    ...details(published, where.figureUrl),
    `All figures, numbers and checksums: ${code(`${where.resultsPath}/README.md`)} in this review.`,
  ]);
  return cutBody(body, `The rest is in ${code(`${where.resultsPath}/README.md`)}.`);
}

/** `README.md` of the results folder; figures beside it. */
export function resultsReadme(published: Published, files: readonly ResultFile[]): string {
  return blocks([
    `# ${words(published.grid)}: ${code(published.summary.run)}`,
    ...opening(published, beside),
    ...details(published, beside),
    '## Files',
    fileTable(files),
  ]);
}

/** Figures lie in the folder of the page. */
const beside = (name: string) => name;

/** What a reader of the review has to decide. */
function decision({ summary: { states } }: Published, resultsPath: string): string {
  const { failed, missing } = states;
  const folder = code(`${resultsPath}/`);
  if (failed + missing === 0) return `Complete. Merging keeps the results in ${folder}.`;
  const what = [
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(missing > 0 ? [`${count(missing)} missing`] : []),
  ].join(' and ');
  return `Not complete: ${what}. Run the rest, as below, or merge what there is into ${folder}.`;
}

function opening(
  published: Published,
  figureUrl: (name: string) => string,
  toDecide?: string,
): (string | undefined)[] {
  const { summary, stopped } = published;
  return [
    `**${verdict(summary, published)}**`,
    toDecide,
    stopped === null
      ? undefined
      : `**Partial**: stopped by ${words(stopped.by, 80)} at ${moment(stopped.at)}: ${prose(stopped.why, 300)}`,
    bullets([...unreadableText(published), ...findings(summary)]),
    ...pictures(
      published.figures.filter(({ name }) => name === 'map.svg'),
      figureUrl,
    ),
  ];
}

/** The combinations of these fragments are missing unless another one told of them. */
function unreadableText({ unreadable = [] }: Published): string[] {
  if (unreadable.length === 0) return [];
  const shown = unreadable.slice(0, 5).map(({ key, reason }) => `${code(key, 300)} (${words(reason, 200)})`);
  const more = unreadable.length > shown.length ? ', …' : '';
  return [`${plural(unreadable.length, 'fragment')} could not be read: ${shown.join(', ')}${more}.`];
}

function details(published: Published, figureUrl: (name: string) => string): (string | undefined)[] {
  const { summary, previous, facts, controls = terminal } = published;
  const changes = previous === undefined ? [] : compareRuns(previous, facts);
  return [
    ...section('Failed', failureText(summary.failures, controls)),
    ...section('Missing', missingText(summary.missing, summary.states.missing)),
    ...section('Run the rest', againText(published)),
    ...section('Results', numbersTable(summary)),
    ...pictures(
      published.figures.filter(({ name }) => name !== 'map.svg'),
      figureUrl,
    ),
    ...(previous === undefined
      ? []
      : section(
          'Since the previous run',
          `Compared with ${code(previous.run)}:\n\n${bullets(changes.length === 0 ? ['Nothing differs.'] : changes)}`,
        )),
    ...section('Rounds', roundsText(published.rounds ?? [])),
    ...section('Time and money', actualText(published)),
    ...section(
      'Waste',
      wasteText(summary, published.classes, published.marketOf, memoryRaised(published.rounds ?? [])),
    ),
    ...section('Get the outputs', outputsText(published)),
    fold('Where it comes from', provenanceText(published.provenance, summary)),
  ];
}

function section(title: string, text: string | undefined): string[] {
  return text === undefined || text.trim() === '' ? [] : [`## ${title}`, text];
}

/** Maps open, the others folded. */
function pictures(figures: Published['figures'], figureUrl: (name: string) => string): string[] {
  const image = ({ name, alt }: Published['figures'][number]) =>
    `<img src="${htmlAddress(figureUrl(name))}" alt="${html(alt, 400)}">`;
  const open = figures.filter(({ name }) => name.startsWith('map'));
  const closed = figures.filter(({ name }) => !name.startsWith('map'));
  return [...open.map(image), ...closed.map((figure) => fold(html(figure.title, 300), image(figure)))];
}

/** Nothing where all succeeded. */
function againText({ summary: { run, states, failures }, stopped, controls = terminal }: Published): string {
  const again = (['failed', 'missing'] as const).filter((state) => states[state] > 0);
  if (again.length === 0) return '';
  const acts = again.map((select) => ({
    ...(select === 'failed'
      ? againAct(run, failures)
      : { workflow: 'rerun' as const, inputs: { run, select } }),
    to: select === 'failed' ? 'run what failed' : 'run what is missing',
  }));
  const dry = controls.by === 'terminal' ? 'With `--dry-run`' : 'With `dry-run`';
  const budget =
    stopped === null ? '' : " Where the run's budget is spent, give the round one of its own: `budget-usd`.";
  return `${dry} it only says what it would run and cost. What has succeeded is left alone.${budget}\n\n${actsBlock(controls, acts)}`;
}

function outputsText({ summary: { run }, outputs = [], controls = terminal }: Published): string {
  const only =
    outputs[0] === undefined ? [] : [`muster fetch ${run} --only ${quoted(globOf(outputs[0].path))}`];
  const lines = shell([
    `# outputs, verified, into a readable tree${only.length > 0 ? '; then only some of them' : ''}`,
    `muster fetch ${run}`,
    ...only,
    '# sizes and checksums in the store',
    `muster verify ${run}`,
  ]);
  return controls.by === 'terminal'
    ? lines
    : `In a clone, with credentials that may read the store:\n\n${lines}`;
}

/** `out/{year}/Output.h5` -> `*.h5`; a name without an ending stays whole, with `*` for what differs. */
function globOf(path: string): string {
  const ending = /[^/]\.\w+$/.exec(path);
  return ending === null ? path.replaceAll(/\{[^{}]*\}/g, '*') : `*${ending[0].slice(1)}`;
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

const purposes: Readonly<Record<string, string>> = {
  'README.md': 'this page',
  'run.json': 'the run as it was launched: grid, images, resources, estimate',
  'ensemble_metadata.json':
    'every combination with parameters, state, output file and provenance, for programs',
  'manifest.jsonl': 'every output file with size, SHA-256 and place in the store, one a line',
  'combinations.csv': 'every combination with parameters, state, seconds, cost and results, for spreadsheets',
  'summary.json': 'the totals that the next run is compared with',
};

function fileTable(files: readonly ResultFile[]): string {
  const rows = files.map(({ name, elsewhere }) => [
    elsewhere === undefined ? `[${code(name)}](${safeAddress(name) ?? ''})` : code(name),
    `${purposes[name] ?? (name.endsWith('.svg') ? 'figure' : 'data')}${elsewhere === undefined ? '' : `; too large for the repository, kept at ${code(elsewhere, 400)}`}`,
  ]);
  return table(['File', 'What it holds'], rows);
}
