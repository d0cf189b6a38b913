import { type Check, type Finding, groups } from '../preflight/finding.ts';
import { findingsOf, type PreflightReport } from '../preflight/report.ts';
import { clean, code, cutBody, fence, html, prose, words } from './escape.ts';
import { fitMarkdown } from './fit-text.ts';
import { moment, plural } from './format.ts';
import { blocks, bullets, fold, table } from './markdown.ts';
import { fixOf, hiddenWords, lackingActions, resultOf, sumLine, verdictOf } from './preflight-words.ts';

const longest = 2000;

/** Of a picture that a page still shows; Mermaid itself gives up at 50,000 characters. */
const pictureLimit = 40_000;

/**
 * A preflight for the summary of a workflow or a comment: the verdict, what to mend, the picture, and folded the rest.
 * @param hidden not to be shown, and judged all the same.
 */
export function preflightMarkdown(report: PreflightReport, hidden: readonly Check[] = []): string {
  const { checks, region, grids, at, calls, picture } = report;
  const [errors, warnings] = [findingsOf(checks, 'error'), findingsOf(checks, 'warning')];
  const all = [...checks, ...hidden];
  const about =
    grids.length === 0 ? 'the queues of `muster.yaml`' : grids.map((path) => code(path)).join(', ');
  const body = blocks([
    `**${verdictOf(all)}**`,
    `Preflight of ${about} in ${code(region)}, ${moment(at)}: ${sumLine(all, calls)}.`,
    ...errors.map(findingBlock),
    warnings.length === 0
      ? undefined
      : fold(plural(warnings.length, 'warning'), blocks(warnings.map(findingBlock)).trimEnd()),
    notDoneBlock(checks),
    hiddenWords(hidden),
    fitMarkdown(report.fits ?? []).trim(),
    pictureBlock(picture),
    fold('All checks', checkTable(checks)),
    fold('API calls', callTable(calls)),
  ]);
  return cutBody(body, 'The command line shows all of it: muster preflight.');
}

function findingBlock({ code: name, severity, about, seen, why, fix }: Finding): string {
  const head = `**${severity === 'error' ? 'Error' : 'Warning'}** ${code(name)} ${code(about)}`;
  return blocks([`${head}\\\n${telling(seen)}\\\n${telling(why)}`, fixBlock(fix)]).trimEnd();
}

/** Words with the ids of AWS as code: plain, they would be broken up so that GitHub does not take them for commits. */
function telling(text: string): string {
  const parts = text.split('`');
  const marked = parts.map((part, at) => (at % 2 === 1 ? part : part.replace(awsId, '`$&`')));
  return prose(marked.join('`'), longest);
}

/** `subnet-0ab12c34`, and ARNs. */
const awsId = /\b[a-z]+-[0-9a-f]{8,17}\b|\barn:aws[\w:/.*@+=,-]*[\w*]/g;

/** A command to copy is shown as such, by itself; everything else is words. */
function fixBlock(fix: string): string {
  const { before, command, after } = fixOf(fix);
  return blocks([
    before === '' ? undefined : `Fix: ${telling(before)}`,
    command === undefined ? undefined : fence(command, { language: 'sh', width: longest }),
    after === '' ? undefined : telling(after),
  ]).trimEnd();
}

function notDoneBlock(checks: readonly Check[]): string | undefined {
  const lacking = [...lackingActions(checks)];
  if (lacking.length === 0) return undefined;
  const items = lacking.map(
    ([action, { why, titles }]) =>
      `${code(action)}: ${titles.map((title) => words(title)).join('; ')}. ${prose(why, 600)}`,
  );
  return fold(`Not done: ${html(plural(lacking.length, 'call'))} got no answer`, bullets(items));
}

/** GitHub draws it. The source has its own escapes; nothing in it may end the fence. */
function pictureBlock(picture: string | undefined): string | undefined {
  if (picture === undefined) return undefined;
  const source = clean(picture).trimEnd();
  if (source.length > pictureLimit || source.includes('```')) {
    return 'The picture of the network is too large to be drawn here.';
  }
  return fold("Each subnet's way out", `\`\`\`mermaid\n${source}\n\`\`\``);
}

function checkTable(checks: readonly Check[]): string {
  const rows = groups.flatMap((group) =>
    checks
      .filter((check) => check.group === group)
      .map((check) => [group, words(check.title), words(resultOf(check))]),
  );
  return table(['Group', 'What should be so', 'Result'], rows);
}

function callTable(calls: PreflightReport['calls']): string {
  const rows = Object.entries(calls).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return table(
    ['Call', 'Requests'],
    rows.map(([call, times]) => [code(call), String(times)]),
    [1],
  );
}
