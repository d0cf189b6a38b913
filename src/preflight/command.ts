/** An option of a command: text as it is, or its name and words that are quoted where a shell would read signs in them. */
export type Option = string | readonly [name: string, ...words: string[]];

/** A command of AWS's own tools for people to copy; with its region, for their shell may have another one, or none. */
export function awsCommand(region: string, operation: string, ...options: readonly Option[]): string {
  const said = options.map((option) => (typeof option === 'string' ? option : optionOf(option)));
  return ['aws', operation, `--region ${region}`, ...said].filter((part) => part !== '').join(' ');
}

const optionOf = ([name, ...words]: Exclude<Option, string>) => [name, ...words.map(quoted)].join(' ');

/** A word for a shell of people; what has signs that shells read is quoted. */
export const quoted = (word: string) =>
  /^[\w./:@=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
