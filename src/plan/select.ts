import { ConfigurationError } from '../errors.ts';
import type { Value } from '../grid/combination.ts';
import { type CompiledExpression, compileExpression, ExpressionError } from '../grid/expression.ts';
import { nearest } from './nearest.ts';
import type { Ranges } from './plan.ts';
import * as ranges from './ranges.ts';
import { parseSelection, type SelectionToken } from './selection-tokens.ts';

/** A combination with its verdict so far; unfinished ones are missing. */
export interface Selectable {
  readonly index: number;
  readonly id: string;
  readonly label: string;
  readonly state: 'succeeded' | 'failed' | 'missing';
  readonly parameters: Readonly<Record<string, Value>>;
}

export interface Selection {
  readonly indexes: Ranges;
  /** Selected, but left out because they have succeeded. */
  readonly leftOut: number;
  /** True for `all`: what succeeded runs again. */
  readonly again: boolean;
}

/** Labels kept to suggest one for a name that is not there. */
const rememberedLabels = 20_000;

/**
 * The combinations that `failed`, `missing`, `all`, labels, ids, indexes, ranges of indexes (`3-9`, both included) or
 * an expression names; several separated by commas. What has succeeded is never selected, except with `all`. One
 * pass; holds ranges only. Throws `ConfigurationError` for what names nothing.
 */
export async function select(
  spec: string,
  outcomes: Iterable<Selectable> | AsyncIterable<Selectable>,
): Promise<Selection> {
  const tokens = parseSelection(spec);
  const listed = tally();
  const expressed = tally();
  const whole = wholeLabel(spec, tokens);
  const expression = expressionIn(spec, tokens);
  const labels: string[] = [];
  for await (const outcome of outcomes) {
    // No short cut: every token has to see every combination, to know whether it names one.
    if (tokens.filter((token) => matches(token, outcome)).length > 0) listed.add(outcome);
    whole.see(outcome);
    if (expression?.holds(outcome) === true) expressed.add(outcome);
    if (labels.length < rememberedLabels) labels.push(outcome.label);
  }
  const unknown = tokens.filter(isUnknown);
  const found = whole.selection(unknown.length === 0);
  if (found !== undefined) return found;
  if (unknown.length > 0 && expression !== undefined) {
    expression.check();
    return expressed.selection(false);
  }
  if (unknown.length > 0) throw unknownNames(unknown, labels);
  refuseAmbiguous(tokens);
  return listed.selection(tokens.some((token) => token.kind === 'state' && token.state === 'all'));
}

function matches(token: SelectionToken, outcome: Selectable): boolean {
  if (token.kind === 'state') return token.state === 'all' || token.state === outcome.state;
  const named = token.text === outcome.label || token.text === outcome.id;
  if (token.kind === 'indexes') {
    if (named && !(outcome.index >= token.first && outcome.index <= token.last))
      token.alsoLabel = outcome.index;
    if (outcome.index < token.first || outcome.index > token.last) return false;
  } else if (!named) return false;
  token.hits += 1;
  return true;
}

/** One label that holds commas, as those of lists do: `vars=cape,cin`. */
function wholeLabel(
  spec: string,
  tokens: readonly SelectionToken[],
): { see(outcome: Selectable): void; selection(ambiguous: boolean): Selection | undefined } {
  const label = tokens.length > 1 ? spec.trim() : undefined;
  const tallied = tally();
  let seen: number | undefined;
  return {
    see(outcome) {
      if (outcome.label !== label) return;
      seen = outcome.index;
      tallied.add(outcome);
    },
    selection(ambiguous) {
      if (seen === undefined) return undefined;
      if (ambiguous)
        refuse(
          `\`${label}\` is a list and the label of combination ${seen}.`,
          `Write \`index == ${seen}\` for the label.`,
        );
      return tallied.selection(false);
    },
  };
}

function tally(): { add(outcome: Selectable): void; selection(again: boolean): Selection } {
  const unfinished = ranges.rangesBuilder();
  const succeeded = ranges.rangesBuilder();
  return {
    add: ({ index, state }) => (state === 'succeeded' ? succeeded : unfinished).add(index),
    selection(again) {
      const [open, done] = [unfinished.ranges(), succeeded.ranges()];
      if (again) return { indexes: ranges.union(open, done), leftOut: 0, again };
      return { indexes: open, leftOut: ranges.size(done), again };
    },
  };
}

export interface Condition {
  holds(outcome: Pick<Selectable, 'index' | 'parameters'>): boolean;
  /** After every combination was asked: throws what made the expression meaningless. */
  check(): void;
}

/** An expression on its own, as in `--where`. Throws `ConfigurationError` when it cannot be read. */
export function conditionOf(spec: string): Condition {
  try {
    return condition(spec, compileExpression(spec));
  } catch (error) {
    if (error instanceof ExpressionError) refuse(error.message, error.fix, error);
    throw error;
  }
}

/** The whole text as an expression, when it may be one. */
function expressionIn(spec: string, tokens: readonly SelectionToken[]): Condition | undefined {
  const certain = tokens.every((token) => token.kind === 'state' || token.kind === 'indexes');
  if (certain || !/[<>!=()'"&|+*]|\s/.test(spec)) return undefined;
  try {
    return condition(spec, compileExpression(spec));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    if (!/[<>!()'"&|]|==|\s(?:and|or|in)\s/.test(spec)) return undefined;
    const failed = error;
    return { holds: () => false, check: () => refuse(failed.message, failed.fix, failed) };
  }
}

function condition(spec: string, compiled: CompiledExpression): Condition {
  const known = new Set(['index']);
  let failed: ExpressionError | undefined;
  let other: Value | undefined;
  return {
    holds({ index, parameters }) {
      for (const name of Object.keys(parameters)) known.add(name);
      const scope = (name: string) =>
        name === 'index' ? index : Object.hasOwn(parameters, name) ? parameters[name] : undefined;
      try {
        const value = compiled.evaluate(scope);
        if (typeof value !== 'boolean') other = value;
        return value === true;
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        // A parameter that is absent in this combination says nothing about it; anything else is the user's slip.
        if ([...compiled.names].every((name) => scope(name) !== undefined)) failed = error;
        return false;
      }
    },
    check() {
      for (const name of compiled.names) if (!known.has(name)) refuseName(name, known);
      if (failed !== undefined) refuse(failed.message, failed.fix, failed);
      if (other === undefined) return;
      const fix = 'Write a comparison, for example `alpha > 1`.';
      refuse(`\`${spec}\` gives ${JSON.stringify(other)}, not true or false.`, fix);
    },
  };
}

function refuseName(name: string, known: ReadonlySet<string>): never {
  const near = nearest(name, known);
  const fix = near === undefined ? `Known: ${[...known].join(', ')}.` : `Did you mean \`${near}\`?`;
  return refuse(`There is no parameter \`${name}\`.`, fix);
}

function isUnknown(token: SelectionToken): boolean {
  if (token.kind === 'indexes') return token.hits !== token.last - token.first + 1;
  return token.kind === 'name' && token.hits === 0;
}

function unknownNames(unknown: readonly SelectionToken[], labels: readonly string[]): ConfigurationError {
  return new ConfigurationError(
    unknown.map((token) => ({ file: 'command line', ...unknownName(token, labels) })),
  );
}

function unknownName(token: SelectionToken, labels: readonly string[]): { message: string; fix: string } {
  const { text } = token;
  if (token.kind === 'indexes') {
    const message =
      token.first < token.last && token.hits > 0
        ? `Only ${token.hits} of the indexes \`${text}\` exist.`
        : `No combination has the index \`${text}\`.`;
    return { message, fix: 'Indexes start at 0; a range is written first-last, both included.' };
  }
  const near = nearest(text, ['failed', 'missing', 'all', ...labels]);
  const fix = near === undefined ? 'See `muster status` for labels.' : `Did you mean \`${near}\`?`;
  return { message: `No combination has the label or id \`${text}\`.`, fix };
}

function refuseAmbiguous(tokens: readonly SelectionToken[]): void {
  for (const token of tokens) {
    if (token.kind !== 'indexes' || token.alsoLabel === undefined) continue;
    const fix = `Write \`index == ${token.first}\` for the index, \`index == ${token.alsoLabel}\` for the label.`;
    refuse(`\`${token.text}\` is an index and the label of combination ${token.alsoLabel}.`, fix);
  }
}

function refuse(message: string, fix: string, cause?: Error): never {
  throw new ConfigurationError({ file: 'command line', message, fix }, cause === undefined ? {} : { cause });
}
