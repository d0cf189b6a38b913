import type { Value } from './combination.ts';
import { entriesOf, type Filling, isList, itemsOf } from './inside.ts';
import {
  fillTemplate,
  type Lookup,
  lookUp,
  PlaceholderError,
  type PlaceholderReference,
  parseTemplate,
  placeholderNames,
} from './placeholder.ts';

/**
 * The arguments of one combination. A nested list is one group: it is dropped whole when a placeholder in it is
 * absent, null or false. `{?x}` tests and prints nothing, `{*x}` makes several arguments.
 */
export function expandCommand(
  command: readonly (string | readonly string[])[],
  lookup: Lookup,
): readonly string[] {
  return command.flatMap((item) => {
    if (typeof item === 'string') return expandArgument(item, lookup, false);
    const dropped = item.some((argument) =>
      placeholderNames(argument).some((reference) => isOff(lookUp(reference, lookup))),
    );
    return dropped ? [] : item.flatMap((argument) => expandArgument(argument, lookup, true));
  });
}

function isOff(filling: Filling | undefined): boolean {
  return filling === undefined || filling.value === null || filling.value === false;
}

function expandArgument(argument: string, lookup: Lookup, inGroup: boolean): readonly string[] {
  const pieces = parseTemplate(argument);
  const [only, second] = pieces;
  if (typeof only === 'object' && only.form === 'spread' && second === undefined) return spread(only, lookup);
  if (!inGroup) return [fillTemplate(argument, lookup)];
  const printing = pieces.filter((piece) => typeof piece === 'string' || piece.form !== 'test');
  if (printing.length === 0 && pieces.length > 0) return [];
  return [
    printing.length === pieces.length ? fillTemplate(argument, lookup) : fillWithoutTests(argument, lookup),
  ];
}

/** The tests of a group have passed by now: they print nothing. */
function fillWithoutTests(argument: string, lookup: Lookup): string {
  return parseTemplate(argument)
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      return piece.form === 'test' ? '' : fillTemplate(piece.source, lookup);
    })
    .join('');
}

function spread(reference: PlaceholderReference, lookup: Lookup): readonly string[] {
  const filling = lookUp(reference, lookup);
  const { source, offset, spec } = reference;
  const plain = [reference.name, ...reference.path].join('.');
  if (spec !== undefined && spec !== 'bare' && spec !== 'words') {
    throw new PlaceholderError(
      `${source} spreads its value, and ':${spec}' is no way to do that.`,
      offset,
      `Write {*${plain}}, {*${plain}:bare} or {*${plain}:words}.`,
    );
  }
  if (filling === undefined) {
    throw new PlaceholderError(
      `${source} is absent in this combination.`,
      offset,
      `Put it into a list of its own: ["${source}"] is dropped where it is absent.`,
    );
  }
  const { value, text } = filling;
  if (isList(value))
    return itemsOf(value, text).flatMap((item) =>
      oneWord(item, reference, spec === 'words' ? 'words' : undefined),
    );
  if (value !== null && typeof value === 'object') {
    return entriesOf(value, text).flatMap(([key, item]) => pair(key, item, reference));
  }
  throw new PlaceholderError(
    `${source} needs a list or an object, and ${plain} is ${kindOf(value)}.`,
    offset,
    `Write {${plain}}.`,
  );
}

function pair(key: string, item: Filling, reference: PlaceholderReference): readonly string[] {
  if (reference.spec === 'bare' && (typeof item.value === 'boolean' || item.value === null))
    return item.value === true ? [key] : [];
  const words = oneWord(item, reference, reference.spec, key);
  return [key, ...words];
}

function oneWord(
  item: Filling,
  reference: PlaceholderReference,
  spec: string | undefined,
  key?: string,
): readonly string[] {
  const { value, text } = item;
  const where = key === undefined ? reference.source : `${reference.source} at ${key}`;
  const plain = [reference.name, ...reference.path].join('.');
  if (typeof value === 'boolean') {
    if (spec === 'words') return [value ? 'TRUE' : 'FALSE'];
    // Dropping `false` or passing `true` as a word would each change what some programs do, without a sign of it.
    throw new PlaceholderError(
      `${where} holds the boolean ${text}, and programs differ in how they take one.`,
      reference.offset,
      key === undefined
        ? `Write {*${plain}:words} for TRUE and FALSE.`
        : `Write {*${plain}:bare} (true = the key alone, false = nothing) or {*${plain}:words} (TRUE and FALSE).`,
    );
  }
  if (value === null) {
    throw new PlaceholderError(
      `${where} holds null, which is no argument.`,
      reference.offset,
      'Leave the key out where it has no value.',
    );
  }
  return [text];
}

function kindOf(value: Value): string {
  return value === null ? 'null' : typeof value === 'string' ? 'text' : `a ${typeof value}`;
}
