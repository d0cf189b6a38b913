import { ConfigurationError, RemoteError } from '../errors.ts';
import type { Verdict } from './failure.ts';
import { WorkFailure } from './failure.ts';

/** What an error met while working on a combination means for it; errors that are our bugs are `unknown`. */
export function troubleOf(error: unknown): Verdict {
  if (error instanceof WorkFailure) return error.verdict;
  const nothing = { exitCode: null, signal: null };
  const message = oneLine(error);
  if (codes(error).some((code) => code === 'ENOSPC' || code === 'EDQUOT')) {
    return { ...nothing, class: 'disk', message: `no room on the disk: ${message}`, again: true };
  }
  if (error instanceof RemoteError) {
    // Every attempt has the same role.
    if (error.denied) return { ...nothing, class: 'store', message: deniedWords(message), again: false };
    return { ...nothing, class: 'store', message: `the store failed: ${message}`, again: true };
  }
  // A placeholder that cannot be filled in, or a store of another kind.
  if (error instanceof ConfigurationError) return { ...nothing, class: 'input', message, again: false };
  return { ...nothing, class: 'unknown', message: `the worker failed: ${message}`, again: false };
}

const deniedWords = (message: string) =>
  `the store refused (a container's rights are those of the job role, \`roles.job\` in muster.yaml): ${message}`;

/** System error codes of an error and its causes. */
function codes(error: unknown): readonly string[] {
  const found: string[] = [];
  let current = error;
  for (let depth = 0; depth < 10 && current instanceof Error; depth += 1) {
    if ('code' in current && typeof current.code === 'string') found.push(current.code);
    current = current.cause;
  }
  return found;
}

export function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ').slice(0, 500);
}
