import type { Plan } from '../plan/plan.ts';
import { type Act, actWords, advice, type Controls, commandLine, terminal } from './controls.ts';
import { code, command, cutBody, fence, html, prose, words } from './escape.ts';
import { count, hourRange, money, moneyRange, plural } from './format.ts';
import { blocks, bullets, fold, table } from './markdown.ts';
import {
  breakdown,
  classHead,
  classRow,
  estimateHead,
  estimateRow,
  hintText,
  moneyLines,
  reuseLine,
  samples,
  shapeLine,
} from './plan-facts.ts';
import { shellWords } from './shell-words.ts';

/** What is known beside the plan itself. */
export interface PlanExtra {
  /** What happens when this is merged. */
  readonly onMerge: 'launches' | 'manual' | 'nothing';
  /** Who has to agree to the spend before anything is launched; nobody without it. */
  readonly approval?: Approval;
  /** The grid against the newest of its runs that is published, a sentence each (src/run/changes.ts). */
  readonly changes: readonly string[];
  /** Of preflight; empty when nothing was found or checked. */
  readonly findings: readonly PlanFinding[];
  /** Why something could not be looked up, a plain sentence each. */
  readonly unknown: readonly string[];
  /** How its readers act; at a terminal without it. */
  readonly controls?: Controls;
}

/** `usd` is what has to be agreed to, `aboveUsd` the threshold. */
export type Approval = { readonly usd: number; readonly aboveUsd: number } & (
  | { readonly by: 'reviewers'; readonly environment: string }
  /** Nobody reviews the environment: somebody types run id and amount. */
  | { readonly by: 'typing' }
  /** Somebody did. */
  | { readonly by: 'typed' }
);

export interface PlanFinding {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'note';
  readonly seen: string;
  readonly why: string;
  /** A command or an edit. */
  readonly fix: string;
}

/** One grid of a pull request, before anything runs: first what decides, then what it is made of. */
export function planComment(plan: Plan, extra: PlanExtra): string {
  return cutBody(
    blocks([`### ${title(plan)}`, planText(plan, extra)]),
    `\`muster plan ${plan.path.replace(/[^\w./-]/g, '')}\` shows everything.`,
  );
}

/** One comment for all grids of a pull request: a table of them, then each folded; a single one is open. */
export function plansComment(plans: readonly { readonly plan: Plan; readonly extra: PlanExtra }[]): string {
  const [first, ...others] = plans;
  if (first === undefined) return 'This changes no grid.\n';
  if (others.length === 0) return planComment(first.plan, first.extra);
  const rows = plans.map(({ plan, extra }) => [
    code(plan.grid, 80),
    count(plan.combinations),
    costOf(plan),
    money(plan.estimate.ceilingUsd),
    plainMerge(extra),
  ]);
  const total = plans.reduce((sum, { plan }) => sum + plan.combinations, 0);
  const head = ['Grid', 'Combinations', 'Cost', 'Ceiling', 'Merging'];
  const each = plans.map(({ plan, extra }) => fold(html(plainTitle(plan), 200), planText(plan, extra)));
  return cutBody(
    blocks([
      `### ${plural(plans.length, 'grid')}: ${plural(total, 'combination')}`,
      table(head, rows, [1, 2, 3]),
      ...each,
    ]),
    '`muster plan <grid>` shows everything.',
  );
}

const plainTitle = (plan: Plan) =>
  `${plan.grid}: ${plural(plan.combinations, 'combination')}${plan.estimate.usd === null ? '' : `, ${costOf(plan)}`}`;

const title = (plan: Plan) => plainTitle(plan).replace(plan.grid, () => code(plan.grid));

const costOf = ({ estimate: { usd } }: Plan) => (usd === null ? 'not known' : moneyRange(usd));

function planText(plan: Plan, extra: PlanExtra): string {
  const refused = errorsOf(extra) > 0;
  return blocks([
    `**${verdict(plan, extra)}**`,
    ...(refused ? findingsBlock(extra) : [approvalText(plan, extra)]),
    numbers(plan),
    ...(refused ? [] : findingsBlock(extra)),
    extra.changes.length === 0
      ? undefined
      : `**Changed since the last run**\n\n${bullets(extra.changes.map((line) => prose(line, 600)))}`,
    plan.axes.length === 0 ? undefined : words(breakdown(plan), 2000),
    bullets([reuseLine(plan, { name: code, words }), words(shapeLine(plan)), ...limits(plan)]),
    hintsBlock(plan),
    samplesBlock(plan),
    ...tables(plan),
    `<sub>Run ${code(plan.runId)}, from ${code(plan.path, 200)}. Updated in place.</sub>`,
  ]).trimEnd();
}

const errorsOf = ({ findings }: PlanExtra) => findings.filter(({ severity }) => severity === 'error').length;

function verdict({ runId }: Plan, extra: PlanExtra): string {
  const errors = errorsOf(extra);
  if (errors > 0)
    return `Not ready: ${plural(errors, 'error')} to mend, named below. Until then a launch would be refused.`;
  if (extra.onMerge === 'nothing')
    return `Merging this launches nothing: this grid has run already as ${code(runId)}.`;
  if (extra.onMerge === 'manual') return 'Merging this launches nothing: the grid is started by hand.';
  if (extra.approval?.by === 'typing')
    return `Merging this launches nothing until somebody agrees to its cost.`;
  if (extra.approval?.by === 'reviewers')
    return `Merging this launches run ${code(runId)} once a reviewer has agreed to its cost.`;
  return `Merging this launches run ${code(runId)}.`;
}

/** The same in a cell. */
function plainMerge(extra: PlanExtra): string {
  if (errorsOf(extra) > 0) return plural(errorsOf(extra), 'error');
  if (extra.onMerge !== 'launches') return 'launches nothing';
  if (extra.approval === undefined || extra.approval.by === 'typed') return 'launches it';
  return extra.approval.by === 'reviewers' ? 'asks a reviewer' : 'waits for approval';
}

/** How the spend is agreed to. */
function approvalText(plan: Plan, { approval, onMerge, controls = terminal }: PlanExtra): string | undefined {
  const started =
    onMerge === 'manual' ? `To start it: ${actWords(controls, launchOf(plan, {}))}.` : undefined;
  if (approval === undefined || onMerge === 'nothing') return started;
  const above = `${money(approval.usd)} is above ${money(approval.aboveUsd)} (${code('money.approval_above_usd')})`;
  if (approval.by === 'typed') return blocks([started, `${above}, and was agreed to.`]).trimEnd();
  if (approval.by === 'reviewers')
    return blocks([
      started,
      `${above}: the launch waits for a reviewer of environment ${code(approval.environment, 80)}.`,
    ]).trimEnd();
  const typed = { 'approve-usd': approval.usd.toFixed(2) };
  const agreed = launchOf(
    plan,
    controls.by === 'workflows' ? { 'approve-run': plan.runId, ...typed } : typed,
  );
  const paste = fence(commandLine(controls, agreed), { language: 'sh', width: 600 });
  const how = controls.by === 'workflows' ? `: ${actWords(controls, agreed)}, or paste` : '';
  return `${above}, and nobody is set to review such a spend. To agree to it, after the merge${how}:\n\n${paste}`;
}

const launchOf = ({ path }: Plan, inputs: Act['inputs']): Act => ({
  workflow: 'launch',
  inputs: { grid: path, ...inputs },
});

function numbers(plan: Plan): string {
  const { combinations, reuse, slices, estimate, budgetUsd } = plan;
  const hours = estimate.hours === null ? 'not known' : hourRange(estimate.hours);
  const row = [
    reuse.known ? count(combinations - reuse.combinations) : 'not known',
    reuse.known ? count(reuse.combinations) : 'not known',
    count(slices),
    hours,
    costOf(plan),
    budgetUsd === null ? 'none' : money(budgetUsd),
    money(estimate.ceilingUsd),
  ];
  const head = ['New', 'Reused', 'Slices', 'Time', 'Cost', 'Budget', 'Ceiling'];
  return table(head, [row], [0, 1, 2, 3, 4, 5, 6]);
}

/** What the numbers of money mean: those that the table has not told. */
function limits(plan: Plan): string[] {
  const told = moneyLines(plan).filter(
    (line) => !line.startsWith('Estimate: ') || plan.estimate.usd === null,
  );
  return told.map((line) => words(line, 600));
}

const sentences = (lines: readonly string[]) => bullets(lines.map((line) => words(line, 600)));

function findingsBlock({ findings, unknown, controls = terminal }: PlanExtra): string[] {
  const order = ['error', 'warning', 'note'] as const;
  const lines = order.flatMap((severity) =>
    findings
      .filter((finding) => finding.severity === severity)
      .map(
        ({ code: name, seen, why, fix }) =>
          `**${severity}** ${words(seen, 400)} ${words(why, 400)} ${fixText(fix, controls)} (${code(name, 60)})`,
      ),
  );
  const all = [...lines, ...unknown.map((line) => `not checked: ${words(line, 400)}`)];
  return all.length === 0 ? [] : [`**Findings**\n\n${bullets(all)}`];
}

/** A command by itself is to be copied; an edit is words. */
const fixText = (fix: string, controls: Controls) =>
  /^(aws|docker|git|gh|muster|npm|npx) /.test(fix) ? command(fix, 400) : advice(controls, fix, 400);

function hintsBlock({ hints }: Plan): string | undefined {
  if (hints.length === 0) return undefined;
  const lines = hints.map(
    (hint) => `${hint.line === undefined ? '' : `line ${hint.line}: `}${hintText(hint)}`,
  );
  return `**Hints**\n\n${sentences(lines)}`;
}

function tables(plan: Plan): string[] {
  const cells = (rows: readonly string[][]) => rows.map((row) => row.map((cell) => words(cell, 200)));
  const axes = plan.axes.map((axis) => [
    code(axis.name, 60),
    String(axis.count),
    words(samples(axis)),
    words(axis.description ?? ''),
  ]);
  const { lines, assumptions } = plan.estimate;
  const prices = lines.length === 0 ? '' : table(estimateHead, cells(lines.map(estimateRow)), [3, 4, 5, 6]);
  const cost = blocks([
    prices,
    assumptions.length === 0 ? '' : `Assumed:\n\n${sentences(assumptions)}`,
  ]).trim();
  return [
    ...(axes.length === 0 ? [] : [fold('Axes', table(['Axis', 'Values', 'First', ''], axes, [1]))]),
    ...(cost === '' ? [] : [fold('Cost by instance and width, and what it assumes', cost)]),
    fold('Resources', table(classHead, cells(plan.classes.map(classRow)), [1, 2, 3, 7, 8])),
  ];
}

function samplesBlock({ samples: shown }: Plan): string | undefined {
  if (shown.length === 0) return undefined;
  const items = shown
    .slice(0, 5)
    .map(({ label, command: argv }) => `${code(label, 120)}\\\n  ${command(shellWords(argv))}`);
  const title =
    items.length === 1 ? 'A combination and what it runs' : 'Some combinations and what each runs';
  return fold(title, bullets(items));
}
