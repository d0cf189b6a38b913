import { ConfigurationError, type Problem } from '../errors.ts';
import type { Hint } from './grid.ts';
import type { Node, Place } from './tree.ts';

/** Collects what is wrong in one grid file, so that everything is said at once. */
export interface Problems {
  readonly file: string;
  add(place: Place | Node | undefined, message: string, fix?: string): void;
  /** Something odd but legal. */
  hint(place: Place | Node | undefined, message: string, fix?: string): void;
  readonly found: readonly Problem[];
  readonly hints: readonly Hint[];
  /** Throws when there is any. */
  throwIfAny(): void;
}

export function collectProblems(file: string): Problems {
  const found: Problem[] = [];
  const hints: Hint[] = [];
  const put = (list: Problem[], place: Place | Node | undefined, message: string, fix?: string) => {
    const where = place === undefined ? {} : placeOf(place);
    const problem = { file, ...where, message, ...(fix === undefined ? {} : { fix }) };
    const same = (other: Problem) =>
      other.message === message && other.line === problem.line && other.column === problem.column;
    if (!list.some(same)) list.push(problem);
  };
  return {
    file,
    found,
    hints,
    add: (place, message, fix) => put(found, place, message, fix),
    hint: (place, message, fix) => put(hints, place, message, fix),
    throwIfAny() {
      if (found.length > 0) throw new ConfigurationError(inOrder(found));
    },
  };
}

function placeOf(place: Place | Node): { readonly line?: number; readonly column?: number } {
  const { line, column } = 'kind' in place ? place.at : place;
  return { line, column };
}

const inOrder = (problems: readonly Problem[]) =>
  problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
