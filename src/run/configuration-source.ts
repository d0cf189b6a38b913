import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { ConfigurationError, type Problem } from '../errors.ts';

export type Path = readonly PropertyKey[];
/** As a problem names it. */
export type Place = Pick<Problem, 'file' | 'line' | 'column'>;

/** A YAML file that has been read, and where in it things stand. */
export interface Source {
  readonly file: string;
  readonly value: unknown;
  /** Whether the file itself says something there. */
  readonly says: (path: Path) => boolean;
  /** Of a value, or of what it is missing from. */
  readonly place: (path: Path) => Place;
  /** Of a key. */
  readonly keyPlace: (path: Path) => Place;
}

/** Throws `ConfigurationError` for what is no YAML. */
export function parseSource(file: string, text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number | undefined): Place => {
    const place = offset === undefined ? undefined : lines.linePos(offset);
    return { file, ...(place && { line: place.line, column: place.col }) };
  };
  const syntax = document.errors.map((error): Problem => {
    return { ...at(error.pos[0]), message: error.message.split(/ at line |\n/)[0] ?? 'not YAML' };
  });
  if (syntax.length > 0) throw new ConfigurationError(syntax);
  return {
    file,
    value: readValue(file, document) ?? {},
    says: (path) => nodeAt(document, path) !== undefined,
    place: (path) => at(valueOffset(document, path)),
    keyPlace: (path) => at(keyOffset(document, path)),
  };
}

function readValue(file: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    // What the library throws for aliases that grow without bound.
    if (!(cause instanceof ReferenceError)) throw cause;
    throw new ConfigurationError({ file, message: 'aliases repeat too much' }, { cause });
  }
}

const nodeAt = (document: Document, path: Path): unknown =>
  path.length === 0 ? document.contents : document.getIn(path, true);

function valueOffset(document: Document, path: Path): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(document, path.slice(0, length));
    if (isNode(node)) return node.range?.[0];
  }
  return undefined;
}

function keyOffset(document: Document, path: Path): number | undefined {
  const map = nodeAt(document, path.slice(0, -1));
  const pair = isMap(map)
    ? map.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
    : undefined;
  return isScalar(pair?.key) ? pair.key.range?.[0] : valueOffset(document, path);
}
