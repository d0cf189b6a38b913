/** How a person starts Muster: npm puts the command on nobody's PATH but its own. */
export const calledAs = process.env.npm_command === undefined ? 'muster' : 'npx muster';

const named =
  /(?<![\w./-]|npx )muster (?=(?:cancel|check|doctor|expand|explain|fetch|image|launch|logs|ls|new|plan|preflight|publish|rerun|run|status|verify|watch)\b)/g;

/**
 * Texts of rooms that know nothing of the terminal name a command as `muster <verb>`: the same as a person here has to
 * type it.
 */
export const asCalled = (text: string, called: string = calledAs): string =>
  text.replace(named, `${called} `);

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
