import { ConfigurationError } from '../errors.ts';

/** One word of `--select`, with what it met so far. */
export type SelectionToken =
  | { readonly kind: 'state'; readonly text: string; readonly state: 'failed' | 'missing' | 'all' }
  | {
      readonly kind: 'indexes';
      readonly text: string;
      readonly first: number;
      /** Included. */
      readonly last: number;
      hits: number;
      /** Another combination that has this text as its label. */
      alsoLabel?: number;
    }
  | { readonly kind: 'name'; readonly text: string; hits: number };

/** Splits at commas. Sixteen digits are an id, fewer an index. */
export function parseSelection(spec: string): readonly SelectionToken[] {
  const words = spec
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (words.length === 0) {
    throw new ConfigurationError({
      file: 'command line',
      message: 'Nothing is selected.',
      fix: 'Write failed, missing, all, labels, ids, indexes or an expression.',
    });
  }
  return words.map(tokenOf);
}

function tokenOf(text: string): SelectionToken {
  if (text === 'failed' || text === 'missing' || text === 'all') return { kind: 'state', text, state: text };
  const [, first, last = first] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(text) ?? [];
  if (first === undefined) return { kind: 'name', text, hits: 0 };
  return { kind: 'indexes', text, first: Number(first), last: Number(last), hits: 0 };
}
