import { ConfigurationError } from '../errors.ts';
import type { Combination } from './combination.ts';
import { type Expansion, toCombination, toLine, tooMany, walkNamed } from './expansion.ts';
import type { LoadedGrid } from './grid.ts';
import { LabelError, makesFolders } from './label.ts';
import { walkPoints } from './points.ts';
import { labelsProved, walkChecks } from './uniqueness.ts';

/** A loaded grid with what is quicker than objects. */
export interface ExpandedGrid extends LoadedGrid {
  /** Checks ids, labels and seeds, once; the expansion does so before its first combination. */
  verify(): void;
  /** The lines of `muster expand`, without the newline: the same as `JSON.stringify` of each combination. */
  lines(): Iterable<string>;
  /** The same in pieces of some 64 KiB, newlines included: for files and pipes. */
  jsonl(): Iterable<string>;
}

type Facts = Omit<LoadedGrid, 'count' | 'combinations'>;

/** Points before `exclude` and `only`, per combination allowed: more would search a haystack for minutes. */
const mostSearched = 20;

export function expandedGrid(facts: Facts, expansion: Expansion): ExpandedGrid {
  const size = expansion.blocks.reduce((sum, { block }) => sum + block.size, 0);
  const filtered = expansion.blocks.some(({ block }) => block.filters.length > 0);
  if (size > expansion.limit * (filtered ? mostSearched : 1)) throw tooMany(expansion);
  requireOne(expansion);
  let counted = filtered ? undefined : size;
  let verified = false;
  const verify = () => {
    if (verified) return;
    counted = check(expansion) ?? counted;
    verified = true;
  };
  return {
    ...facts,
    verify,
    count() {
      counted ??= countPoints(expansion);
      if (counted > expansion.limit) throw tooMany(expansion);
      return counted;
    },
    *combinations(): Generator<Combination> {
      verify();
      for (const named of walkNamed(expansion)) yield toCombination(named);
    },
    *lines() {
      verify();
      for (const named of walkNamed(expansion)) yield toLine(named);
    },
    *jsonl() {
      verify();
      yield* inPieces(expansion);
    },
  };
}

function requireOne(expansion: Expansion): void {
  for (const _ of walkNamed(expansion)) return;
  throw new ConfigurationError({
    file: expansion.file,
    message: 'the grid has no combination',
    fix: '`exclude` and `only` leave nothing over: see which values they match.',
  });
}

/** The count when the grid had to be walked. */
function check(expansion: Expansion): number | undefined {
  const blocks = expansion.blocks.map(({ block }) => block);
  const ids =
    blocks.length > 1 || blocks.some((block) => block.tracks.some((track) => track.length > 1_000_000));
  const labels = (expansion.label !== undefined && makesFolders(expansion.label)) || !proved(expansion);
  const seeds = blocks.some((block) => block.computed.some((item) => item.kind === 'unique'));
  return ids || labels || seeds ? walkChecks(expansion, { ids, labels }) : undefined;
}

/** A value that a label cannot hold is no proof; the walk then says which combination it is. */
function proved(expansion: Expansion): boolean {
  try {
    return labelsProved(expansion.blocks);
  } catch (error) {
    if (error instanceof LabelError) return false;
    throw error;
  }
}

function countPoints({ file, blocks }: Expansion): number {
  let count = 0;
  for (const { block } of blocks) for (const _ of walkPoints(file, block, count)) count += 1;
  return count;
}

function* inPieces(expansion: Expansion): Generator<string> {
  let piece = '';
  for (const named of walkNamed(expansion)) {
    piece += `${toLine(named)}\n`;
    if (piece.length > 65_536) {
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}
