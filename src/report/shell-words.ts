import { oneLine } from './escape.ts';

/** A command as one would type it. */
export function shellWords(command: readonly string[], max = 600): string {
  const quoted = command.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
  );
  return oneLine(quoted.join(' '), max);
}
