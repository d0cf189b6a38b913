/** A path that would leave the work directory. */
export class WorkPathError extends Error {
  override readonly name = 'WorkPathError';
  readonly fix = 'Write a path relative to the work directory, without .. in it.';
}

/**
 * The path itself when it stays inside the work directory. Checked after placeholders are filled in, because a value
 * may hold `..` as well as a template may. Symbolic links are the worker's business: only it sees them.
 */
export function insideWorkDirectory(path: string): string {
  const steps = path.split(/[/\\]/);
  const control = [...path].some((character) => character < ' ' || character === '\u007f');
  if (path.trim() === '') throw new WorkPathError('The path is empty.');
  if (control) throw new WorkPathError(`The path ${JSON.stringify(path)} holds a control character.`);
  if (/^([/\\~]|[A-Za-z]:[/\\])/.test(path)) throw new WorkPathError(`The path '${path}' is absolute.`);
  if (steps.includes('..')) throw new WorkPathError(`The path '${path}' leaves the work directory.`);
  return path;
}
