import { TextError } from './text-error.ts';

/** An expression that cannot be read, or that has no result for the values of a combination. */
export class ExpressionError extends TextError {
  override readonly name = 'ExpressionError';
}
