/** Something wrong in a small text of a grid: an expression, a template. */
export class TextError extends Error {
  /** 0-based, in the text. */
  readonly offset: number;
  /** What to write instead. */
  readonly fix: string;

  constructor(message: string, offset: number, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.offset = offset;
    this.fix = fix;
  }
}
