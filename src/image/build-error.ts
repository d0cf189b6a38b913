/** The builder refused what it was given (a malformed Dockerfile, a command in it that failed): exit 1. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}
