import { ConfigurationError, RemoteError } from '../errors.ts';
import { type Decisions, readDecisions } from '../run/decisions.ts';
import type { GridFile } from '../run/grid-file.ts';
import { namedGrids, readGrids, toLaunch, touched, undecided } from './grids.ts';
import type { Job } from './job.ts';
import type { ActionPlace } from './place.ts';

export interface Chosen {
  readonly kind: 'changed' | 'undecided' | 'named';
  readonly grids: readonly GridFile[];
  /** Grids of the checkout that nobody has decided about; absent where the store cannot be asked. */
  readonly undecided: number | undefined;
}

/** @param given `changed`, `undecided`, nothing, or grids by path or name. */
export async function chosenGrids(
  { place }: Pick<ActionPlace, 'place'>,
  { pull }: Pick<Job, 'pull'>,
  given: readonly string[],
): Promise<Chosen> {
  const { root, deps } = place;
  const [word, ...others] = given.length === 0 ? [pull === undefined ? 'undecided' : 'changed'] : given;
  const kind = others.length === 0 && (word === 'changed' || word === 'undecided') ? word : 'named';
  const all = readGrids(root);
  const decided = await decisionsOf(deps, kind === 'undecided');
  const waiting = decided === 'unknown' ? undefined : countOf(all, decided);
  if (kind === 'named') return { kind, grids: namedGrids(root, given), undecided: waiting };
  if (kind === 'undecided') {
    const decisions = decided === 'unknown' ? undefined : decided;
    return { kind, grids: toLaunch(all, decisions), undecided: waiting };
  }
  if (pull === undefined) {
    throw new ConfigurationError({
      file: 'input grids',
      message: '`changed` is about a pull request, and this run is about none',
      fix: 'Name the grids, or write `undecided`.',
    });
  }
  const changed = await deps.forge.changedFiles(pull.number);
  return { kind, grids: touched(all, changed), undecided: waiting };
}

/** A repository without any grid has something to record, too: that what comes next is no baseline. */
const countOf = (all: readonly GridFile[], decisions: Decisions | undefined) =>
  Math.max(undecided(all, decisions).length, decisions === undefined ? 1 : 0);

/** A pull request may do without the store. */
async function decisionsOf(
  deps: Parameters<typeof readDecisions>[0],
  needed: boolean,
): Promise<Decisions | undefined | 'unknown'> {
  try {
    return await readDecisions(deps);
  } catch (error) {
    if (needed || !(error instanceof RemoteError || error instanceof ConfigurationError)) throw error;
    return 'unknown';
  }
}
