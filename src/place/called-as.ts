/** How a person starts Muster: npm puts the command on nobody's PATH but its own. */
export const calledAs = process.env.npm_command === undefined ? 'muster' : 'npx muster';

/** A hint that works as it is printed: in the folder, stage, store and engine that this command was given. */
export function commandLine(
  words: string,
  place: {
    readonly directory?: string;
    readonly store?: string;
    readonly engine?: string;
    readonly stage?: string;
  },
): string {
  const option = (name: string, value: string | undefined) =>
    value === undefined ? '' : ` ${name} ${shellWord(value)}`;
  const { directory, stage, store, engine } = place;
  const options = `${option('--stage', stage)}${option('--store', store)}${option('--engine', engine)}`;
  return `${calledAs}${option('-C', directory)} ${words}${options}`;
}

const shellWord = (text: string) =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
