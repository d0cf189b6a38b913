import type { MatchResult, Node } from 'ohm-js';
import type { Value } from './combination.ts';
import { call, reference } from './expression-calls.ts';
import { expressionGrammar } from './expression-grammar.ts';
import { arithmetic, asBoolean, asNumber, compare, finite } from './expression-operators.ts';

/** Where an expression finds its names; `undefined` for a parameter that is absent in this combination. */
export type Scope = (name: string) => Value | undefined;

export type Closure = (scope: Scope) => Value;

/** A piece of the expression: what it computes and where it starts. */
export interface Part {
  readonly run: Closure;
  readonly offset: number;
}

/** Turns a parsed expression into closures. */
export function compileMatch(match: MatchResult): { names: ReadonlySet<string>; evaluate: Closure } {
  const names = new Set<string>();
  const semantics = expressionGrammar()
    .createSemantics()
    .addOperation<Closure>('closure', {
      Whole: (whole, _end) => part(whole).run,
      Or: (list) => logical('or', true, parts(list)),
      And: (list) => logical('and', false, parts(list)),
      Not_not: (_sign, operand) => negation(part(operand)),
      Comparison: (first, signs, rest) => comparison(part(first), spellings(signs), rest.children.map(part)),
      Sum: (first, signs, rest) => chain(part(first), spellings(signs), rest.children.map(part)),
      Product: (first, signs, rest) => chain(part(first), spellings(signs), rest.children.map(part)),
      Unary_sign: (sign, operand) => signed(sign.sourceString, part(operand)),
      Power_power: (base, sign, exponent) => chain(part(base), [sign.sourceString], [part(exponent)]),
      Primary_group: (_open, inner, _close) => part(inner).run,
      Primary_tuple: (_open, first, _comma, rest, _last, _close) => list([part(first), ...parts(rest)]),
      Primary_list: (_open, items, _last, _close) => list(parts(items)),
      Primary_call: (name, _open, values, _last, _close) =>
        call(name.sourceString, name.source.startIdx, parts(values)),
      Reference: (name, _dots, keys) => {
        names.add(name.sourceString);
        return reference(name.sourceString, spellings(keys), name.source.startIdx);
      },
      number: (digits) =>
        constant(finite(Number(digits.sourceString), digits.sourceString, digits.source.startIdx)),
      text: (quoted) => constant(unquote(quoted.sourceString)),
      constant: (word) => constant(constants[word.sourceString] ?? null),
    });
  // Ohm cannot type the operations of a semantics; every action above returns a Closure.
  const evaluate: Closure = semantics(match).closure();
  return { names, evaluate };
}

function part(node: Node): Part {
  return { run: node.closure(), offset: node.source.startIdx };
}

function parts(list: Node): readonly Part[] {
  return list.asIteration().children.map(part);
}

function spellings(nodes: Node): readonly string[] {
  return nodes.children.map((node) => node.sourceString);
}

const constants: Readonly<Record<string, Value>> = { true: true, True: true, false: false, False: false };

function constant(value: Value): Closure {
  return () => value;
}

function unquote(quoted: string): string {
  const spelled: Readonly<Record<string, string>> = { n: '\n', t: '\t' };
  return quoted.slice(1, -1).replace(/\\(.)/g, (_, letter: string) => spelled[letter] ?? letter);
}

function logical(word: 'and' | 'or', decides: boolean, operands: readonly Part[]): Closure {
  const [only, second] = operands;
  if (only !== undefined && second === undefined) return only.run;
  return (scope) => {
    const decided = operands.some(
      ({ run, offset }) => asBoolean(run(scope), `'${word}'`, offset) === decides,
    );
    return decided === decides;
  };
}

function negation({ run, offset }: Part): Closure {
  return (scope) => !asBoolean(run(scope), "'not'", offset);
}

/** Chained as in Python: `a < b < c` is `a < b and b < c` with `b` evaluated once. */
function comparison(first: Part, signs: readonly string[], rest: readonly Part[]): Closure {
  if (rest.length === 0) return first.run;
  return (scope) => {
    let left = first.run(scope);
    for (const [position, { run, offset }] of rest.entries()) {
      const right = run(scope);
      if (!compare(signs[position] ?? '', left, right, offset)) return false;
      left = right;
    }
    return true;
  };
}

function chain(first: Part, signs: readonly string[], rest: readonly Part[]): Closure {
  if (rest.length === 0) return first.run;
  return (scope) => {
    let total = first.run(scope);
    for (const [position, { run, offset }] of rest.entries()) {
      total = arithmetic(signs[position] ?? '', total, run(scope), offset);
    }
    return total;
  };
}

function signed(sign: string, { run, offset }: Part): Closure {
  return (scope) => {
    const value = asNumber(run(scope), `The sign ${sign}`, offset);
    return sign === '-' ? -value : value;
  };
}

function list(items: readonly Part[]): Closure {
  return (scope) => items.map(({ run }) => run(scope));
}
