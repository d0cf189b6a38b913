import type { Value } from './combination.ts';
import { compileMatch, type Scope } from './expression-closures.ts';
import { ExpressionError } from './expression-error.ts';
import { expressionGrammar } from './expression-grammar.ts';

export { ExpressionError, type Scope };

export interface CompiledExpression {
  /** Every name that the expression reads. */
  readonly names: ReadonlySet<string>;
  /** Throws `ExpressionError` where the values do not fit. */
  evaluate(scope: Scope): Value;
}

const longest = 2000;
const deepest = 20;
const mostPrefixes = 60;

/** Reads an expression once; evaluating it then only calls closures. Nothing but the scope's names can be reached. */
export function compileExpression(text: string): CompiledExpression {
  checkBounds(text);
  const match = expressionGrammar().match(text);
  if (match.failed()) throw syntaxError(text, match.getRightmostFailurePosition());
  return compileMatch(match);
}

/** Long or deep input is refused before the parser recurses into it: a level costs it about a hundred calls. */
function checkBounds(text: string): void {
  if (text.length > longest) {
    throw new ExpressionError(
      `The expression has ${text.length} characters.`,
      longest,
      `Keep it below ${longest}: split it into several derived parameters.`,
    );
  }
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if ('(['.includes(character)) depth += 1;
    if (')]'.includes(character)) depth -= 1;
    if (depth > deepest) throw tooDeep(index);
  }
  // These nest to the right without brackets.
  const prefixes = [...text.matchAll(/\bnot\b|!|\*\*|[-+](?=\s*[-+])/g)];
  const excess = prefixes[mostPrefixes];
  if (excess !== undefined) {
    throw new ExpressionError(
      `The expression has more than ${mostPrefixes} of not, ** and double signs.`,
      excess.index,
      'Split it into several derived parameters.',
    );
  }
}

function tooDeep(offset: number): ExpressionError {
  return new ExpressionError(
    `The expression nests deeper than ${deepest} levels.`,
    offset,
    'Split it into several derived parameters.',
  );
}

function syntaxError(text: string, offset: number): ExpressionError {
  if (text.trim() === '')
    return new ExpressionError('The expression is empty.', 0, 'Write for example alpha * 2.');
  const rest = text.slice(offset).trimStart();
  const found = rest === '' ? 'it ends too early' : `'${rest.slice(0, 20)}' is not expected there`;
  return new ExpressionError(
    `The expression '${text.slice(0, 80)}' cannot be read: ${found}.`,
    offset,
    adviceFor(text, offset),
  );
}

function adviceFor(text: string, offset: number): string {
  const around = text.slice(Math.max(0, offset - 1), offset + 2);
  if (/(^|[^=!<>])=([^=]|$)/.test(around)) return 'Write == to compare.';
  if (around.includes('//')) return 'Write floor(a / b).';
  if (around.includes('^')) return 'Write ** for powers.';
  if (/[&|]/.test(around)) return 'Write and, or.';
  if (/[{}]/.test(around)) return 'Names stand alone in expressions, without braces.';
  if (around.includes('?') || /\bif\b/.test(text))
    return 'There are no conditionals; use blocks, or min, max and default.';
  return 'Allowed: + - * / % **, comparisons, and or not, in, lists, text in quotes, min max abs round floor ceil sqrt log log10 exp pow default.';
}
