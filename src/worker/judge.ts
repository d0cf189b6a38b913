import { join, posix } from 'node:path';
import type { OutputRule } from '../grid/grid.ts';
import { checkOutput, type FoundFile } from '../results/check-output.ts';
import { packFiles } from './archive.ts';
import type { Parcel } from './deliver.ts';
import { WorkFailure } from './failure.ts';
import { filesMatching, type Inventory, linksOutMatching } from './found-files.ts';

/** Always among a combination's outputs. */
export const logName = 'program.log.gz';

/** Problems that one message names; the rest is counted. */
const problemsNamed = 5;

/** What every rule found, if all of it is as declared; throws a `WorkFailure` that says what is not. */
export async function judgeOutputs(
  rules: readonly OutputRule[],
  inventory: Inventory,
): Promise<ReadonlyMap<OutputRule, readonly FoundFile[]>> {
  const accepted = new Map<OutputRule, readonly FoundFile[]>();
  const problems: string[] = [];
  for (const rule of rules) {
    const found = filesMatching(inventory, rule.path);
    accepted.set(rule, found);
    const outside = linksOutMatching(inventory, rule.path);
    problems.push(...outside.map((path) => `${path} is a link that leads out of the work directory`));
    if (outside.length === 0) problems.push(...(await checkOutput(rule, found)));
    if (found.some((file) => file.path === logName))
      problems.push(`${logName} is the name of the program's log`);
  }
  if (problems.length > 0)
    throw new WorkFailure({ class: 'output', message: summary(problems), again: false });
  return accepted;
}

function summary(problems: readonly string[]): string {
  const named = problems.slice(0, problemsNamed).join('; ');
  const more = problems.length - problemsNamed;
  return more > 0 ? `${named}; and ${more} more` : named;
}

/**
 * One parcel for each file, or for all files of a rule that asks for an archive; a file goes once. Throws a `WorkFailure`
 * when an archive has the name of something else that is kept: one of them would be lost.
 */
export async function packOutputs(
  accepted: ReadonlyMap<OutputRule, readonly FoundFile[]>,
  outbox: string,
): Promise<readonly Parcel[]> {
  const parcels = new Map<string, Parcel>();
  for (const [rule, files] of accepted) {
    if (rule.archive === undefined) for (const { path, file } of files) parcels.set(path, { path, file });
  }
  for (const [rule, files] of accepted) {
    if (rule.archive === undefined || files.length === 0) continue;
    const path = posix.normalize(rule.archive);
    if (path === logName || parcels.has(path)) {
      const message = `two outputs would be kept as ${path}: give one of the archives another name`;
      throw new WorkFailure({ class: 'output', message, again: false });
    }
    const file = join(outbox, `${parcels.size}.${path.endsWith('.gz') ? 'tar.gz' : 'tar.zst'}`);
    await packFiles(files, file);
    parcels.set(path, { path, file });
  }
  return [...parcels.values()];
}
