/** How a person starts Muster: npm puts the command on nobody's PATH but its own. */
export const calledAs = process.env.npm_command === undefined ? 'muster' : 'npx muster';

/** A hint that works as it is printed: in the folder and with the store that this command was given. */
export function commandLine(
  words: string,
  { directory, store }: { readonly directory?: string; readonly store?: string },
): string {
  const folder = directory === undefined ? '' : ` -C ${shellWord(directory)}`;
  const place = store === undefined ? '' : ` --store ${shellWord(store)}`;
  return `${calledAs}${folder} ${words}${place}`;
}

const shellWord = (text: string) =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
