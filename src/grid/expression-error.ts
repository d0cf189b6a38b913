/** An expression that cannot be read, or that has no result for the values of a combination. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  /** 0-based, in the expression's text. */
  readonly offset: number;
  /** What to write instead. */
  readonly fix: string;

  constructor(message: string, offset: number, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.offset = offset;
    this.fix = fix;
  }
}
