/** A command of AWS's own tools for people to copy; with its region, for their shell may have another one, or none. */
export function awsCommand(region: string, operation: string, ...options: readonly string[]): string {
  return ['aws', operation, `--region ${region}`, ...options].join(' ');
}

/** A word for a shell of people; what has signs that shells read is quoted. */
export const quoted = (word: string) =>
  /^[\w./:@=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
