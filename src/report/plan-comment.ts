import type { Plan } from '../plan/plan.ts';
import { code, command, cutBody, words } from './escape.ts';
import { plural } from './format.ts';
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
import { shellWords } from './plan-text.ts';

/** What is known beside the plan itself. */
export interface PlanExtra {
  /** What happens when this is merged. */
  readonly onMerge: 'launches' | 'manual' | 'nothing';
  /** The grid against its last launch, a plain sentence each. */
  readonly changes: readonly string[];
  /** Of preflight; empty when nothing was found or checked. */
  readonly findings: readonly PlanFinding[];
  /** Why something could not be looked up, a plain sentence each. */
  readonly unknown: readonly string[];
}

export interface PlanFinding {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'note';
  readonly seen: string;
  readonly why: string;
  /** A command or an edit. */
  readonly fix: string;
}

/** One grid of a pull request, before anything runs. */
export function planComment(plan: Plan, extra: PlanExtra): string {
  const body = blocks([
    `### ${code(plan.grid)}: ${plural(plan.combinations, 'combination')}`,
    plan.axes.length === 0 ? undefined : words(breakdown(plan), 2000),
    bullets([reuseLine(plan, { name: code, words }), words(shapeLine(plan)), merge(plan, extra.onMerge)]),
    ...findingsBlock(extra),
    extra.changes.length === 0
      ? undefined
      : `**Changed since the last launch**\n\n${sentences(extra.changes)}`,
    `**Money**\n\n${bullets(moneyLines(plan).map((line) => words(line, 600)))}`,
    ...tables(plan),
    samplesBlock(plan),
    `<sub>Run ${code(plan.runId)}, from ${code(plan.path, 200)}. Updated in place.</sub>`,
  ]);
  return cutBody(body, `\`muster plan ${plan.path.replace(/[^\w./-]/g, '')}\` shows everything.`);
}

function merge({ runId }: Plan, onMerge: PlanExtra['onMerge']): string {
  if (onMerge === 'launches') return `Merging this launches run ${code(runId)}.`;
  if (onMerge === 'nothing')
    return `Merging this launches nothing: this grid has run already as ${code(runId)}.`;
  return 'Merging this launches nothing: the grid is started by hand.';
}

const sentences = (lines: readonly string[]) => bullets(lines.map((line) => words(line, 600)));

function findingsBlock({ findings, unknown }: PlanExtra): string[] {
  const order = ['error', 'warning', 'note'] as const;
  const lines = order.flatMap((severity) =>
    findings
      .filter((finding) => finding.severity === severity)
      .map(
        ({ code: name, seen, why, fix }) =>
          `**${severity}** ${words(seen, 400)} ${words(why, 400)} ${command(fix, 400)} (${code(name, 60)})`,
      ),
  );
  const all = [...lines, ...unknown.map((line) => `not checked: ${words(line, 400)}`)];
  return all.length === 0 ? [] : [`**Findings**\n\n${bullets(all)}`];
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
  const hints = plan.hints.map(
    (hint) => `${hint.line === undefined ? '' : `line ${hint.line}: `}${hintText(hint)}`,
  );
  return [
    ...(prices === '' ? [] : [prices]),
    ...(hints.length === 0 ? [] : [`**Hints**\n\n${sentences(hints)}`]),
    ...(axes.length === 0 ? [] : [fold('Axes', table(['Axis', 'Values', 'First', ''], axes, [1]))]),
    fold('Resources', table(classHead, cells(plan.classes.map(classRow)), [1, 2, 3, 7, 8])),
    ...(assumptions.length === 0 ? [] : [fold('What the estimate assumes', sentences(assumptions))]),
  ];
}

function samplesBlock({ samples: shown }: Plan): string | undefined {
  if (shown.length === 0) return undefined;
  const items = shown
    .slice(0, 5)
    .map(({ label, command: argv }) => `${code(label, 120)}\\\n  ${command(shellWords(argv))}`);
  return fold(`${plural(items.length, 'sample combination')} and what each runs`, bullets(items));
}
