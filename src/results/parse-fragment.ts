import { z } from 'zod';
import { type Fragment, fragmentSchema } from './fragment.ts';
import { isFragment } from './is-fragment.ts';

export type ParsedFragment =
  | { readonly kind: 'fragment'; readonly fragment: Fragment }
  | { readonly kind: 'unreadable'; readonly reason: string };

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads one fragment of the store. Never throws: what cannot be read is said in `reason`, in one line. */
export function parseFragment(bytes: Uint8Array): ParsedFragment {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch (error) {
    return {
      kind: 'unreadable',
      reason: `not JSON: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  if (isFragment(value)) return { kind: 'fragment', fragment: value };
  const parsed = fragmentSchema.safeParse(value);
  if (parsed.success) return { kind: 'fragment', fragment: parsed.data };
  return { kind: 'unreadable', reason: `not a fragment: ${firstIssue(parsed.error)}` };
}

function firstIssue(error: z.ZodError): string {
  const [line] = z.prettifyError({ issues: error.issues.slice(0, 1) }).split('\n', 1);
  const path = error.issues[0]?.path.join('.') ?? '';
  return `${line?.replace(/^✖ /, '') ?? 'unknown'}${path === '' ? '' : ` at ${path}`}`;
}
