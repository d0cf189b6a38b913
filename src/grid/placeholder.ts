import { FormatError, formatValue } from './format.ts';
import { type Filling, reachInside } from './inside.ts';
import { TextError } from './text-error.ts';

export type { Filling };

/** What a name stands for in one combination; `undefined` when it is absent there. */
export type Lookup = (name: string) => Filling | undefined;

/** One `{...}` of a template. */
export interface PlaceholderReference {
  readonly name: string;
  /** Keys that reach inside: `{arm.alpha}` has `['alpha']`. */
  readonly path: readonly string[];
  /** After the colon. */
  readonly spec: string | undefined;
  /** 0-based, of the opening brace. */
  readonly offset: number;
  /** `{x}`, `{?x}`, `{*x}`. */
  readonly form: 'value' | 'test' | 'spread';
  /** As written. */
  readonly source: string;
}

/** A placeholder that is malformed, or that cannot be filled in this combination. */
export class PlaceholderError extends TextError {
  override readonly name = 'PlaceholderError';
}

export type Piece = string | PlaceholderReference;

/** Every placeholder of the template in order. Throws `PlaceholderError` where the template is malformed. */
export function placeholderNames(template: string): readonly PlaceholderReference[] {
  return parseTemplate(template).filter((piece) => typeof piece !== 'string');
}

/** The template with its placeholders filled in. Absent names are errors; `{?x}` and `{*x}` belong in commands. */
export function fillTemplate(template: string, lookup: Lookup): string {
  let filled = '';
  for (const piece of parseTemplate(template)) {
    filled += typeof piece === 'string' ? piece : valueText(piece, lookup);
  }
  return filled;
}

/** What to write instead of `${x}`, and of `{x}` or `{*x}` without quotes (which YAML reads as an object or an alias). */
export function quotingAdvice(found: string): string {
  const name = /[A-Za-z_][\w.]*/.exec(found)?.[0] ?? 'name';
  return `Write "{${found.includes('*') ? '*' : ''}${name}}" with the quotes and without a dollar: YAML and shells read it otherwise.`;
}

/** The reference's value, or `undefined` when it is absent in this combination. */
export function lookUp(reference: PlaceholderReference, lookup: Lookup): Filling | undefined {
  const filling = lookup(reference.name);
  return filling === undefined ? undefined : reachInside(filling, reference.path);
}

function valueText(reference: PlaceholderReference, lookup: Lookup): string {
  const { form, source, offset, spec } = reference;
  const plain = `{${[reference.name, ...reference.path].join('.')}}`;
  if (form !== 'value') {
    throw form === 'test'
      ? new PlaceholderError(
          `${source} tests and prints nothing, which has no meaning here.`,
          offset,
          `Use it in a list inside the command: [--flag, "${source}"].`,
        )
      : new PlaceholderError(
          `${source} makes several arguments, so it must be a whole argument of a command.`,
          offset,
          `Write ${plain} for JSON text, or {${plain.slice(1, -1)}:,} to join with commas.`,
        );
  }
  const filling = lookUp(reference, lookup);
  if (filling === undefined) {
    throw new PlaceholderError(
      `${source} is absent in this combination.`,
      offset,
      `Give it a value everywhere, or put the argument into a list of its own: [--flag, "${plain}"] is dropped where it is absent.`,
    );
  }
  try {
    return formatValue(filling.value, filling.text, spec);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new PlaceholderError(`${source}: ${error.message}`, offset, error.fix, { cause: error });
  }
}

const placeholderPattern = /\{([?*]?)([A-Za-z_][\w-]*)((?:\.[\w-]+)*)(?::([^{}]*))?\}/y;

const parsed = new Map<string, readonly Piece[]>();
const mostRemembered = 1000;

/** Literal text and references in turn. Templates are few and filled a million times, so they are remembered. */
export function parseTemplate(template: string): readonly Piece[] {
  let pieces = parsed.get(template);
  if (pieces === undefined) {
    pieces = parse(template);
    if (parsed.size >= mostRemembered) parsed.clear();
    parsed.set(template, pieces);
  }
  return pieces;
}

function parse(template: string): Piece[] {
  const pieces: Piece[] = [];
  let literal = '';
  let at = 0;
  while (at < template.length) {
    const here = template.slice(at, at + 2);
    if (here === '{{' || here === '}}') {
      literal += here[0];
      at += 2;
    } else if (here.startsWith('{')) {
      if (literal !== '') pieces.push(literal);
      literal = '';
      const reference = parseReference(template, at);
      pieces.push(reference);
      at += reference.source.length;
    } else if (here.startsWith('}')) {
      throw new PlaceholderError(`A lone } in '${template}'.`, at, 'Write }} for a brace.');
    } else {
      literal += here[0];
      at += 1;
    }
  }
  if (literal !== '') pieces.push(literal);
  return pieces;
}

function parseReference(template: string, offset: number): PlaceholderReference {
  placeholderPattern.lastIndex = offset;
  const match = placeholderPattern.exec(template);
  if (match === null) throw malformed(template, offset);
  const [source, mark = '', name = '', path = '', spec] = match;
  if (template[offset - 1] === '$') {
    throw new PlaceholderError(
      `$${source} is a shell's form; no shell reads the command.`,
      offset - 1,
      `Write ${source}.`,
    );
  }
  const form = mark === '?' ? 'test' : mark === '*' ? 'spread' : 'value';
  return { name, path: path.split('.').slice(1), spec, offset, form, source };
}

function malformed(template: string, offset: number): PlaceholderError {
  const end = template.indexOf('}', offset);
  const found = end < 0 ? template.slice(offset, offset + 40) : template.slice(offset, end + 1);
  return new PlaceholderError(
    end < 0 ? `The brace of '${found}' is never closed.` : `'${found}' is not a placeholder.`,
    offset,
    'Write {name}, {name.key} or {name:.3f}; {{ for a brace. For sums and products declare a parameter { derive: "..." }.',
  );
}
