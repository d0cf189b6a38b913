import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';

/** A workflow as the rules read it: values with their lines and comments, which a plain parse would lose. */
export interface Workflow {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
  readonly top: Part;
  readonly jobs: readonly Job[];
}

export interface Job {
  readonly id: string;
  readonly part: Part;
  readonly steps: readonly Part[];
}

/** One node of the file. */
export interface Part {
  readonly line: number;
  /** Behind the value, on its line. */
  readonly comment: string;
  /** As plain data. */
  readonly value: unknown;
  /** Keys and what they hold, in order; none where this is no map. */
  readonly entries: readonly (readonly [string, Part])[];
  readonly items: readonly Part[];
  /** All texts below, with their lines. */
  readonly texts: readonly { readonly text: string; readonly line: number }[];
  /** What a key holds, and a key in that. */
  get(key: string, ...below: readonly string[]): Part | undefined;
}

/** Throws where the file is no YAML. */
export function readWorkflow(path: string, text: string): Workflow {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`, { cause: error });
  const top = partOf(document.contents, { document, lines }, 1);
  const jobs = (top.get('jobs')?.entries ?? []).map(([id, part]) => ({
    ...{ id, part },
    steps: part.get('steps')?.items ?? [],
  }));
  return { path, text, top, jobs };
}

interface Source {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

/** `line`: of what has no place of its own, such as the value of a key without one. */
function partOf(node: unknown, source: Source, line: number): Part {
  const own = lineOf(node, source, line);
  return {
    line: own,
    comment: (isNode(node) ? (node.comment ?? '') : '').trim(),
    get value() {
      return isNode(node) ? node.toJS(source.document) : null;
    },
    get entries() {
      if (!isMap(node)) return [];
      return node.items.map(
        ({ key, value }) => [keyOf(key), partOf(value, source, lineOf(key, source, own))] as const,
      );
    },
    get items() {
      return isSeq(node) ? node.items.map((item) => partOf(item, source, own)) : [];
    },
    get texts() {
      return textsBelow(node, source, own);
    },
    get(key, ...below) {
      const found = this.entries.find(([name]) => name === key)?.[1];
      const [next, ...rest] = below;
      return next === undefined ? found : found?.get(next, ...rest);
    },
  };
}

const keyOf = (key: unknown) => (isScalar(key) ? String(key.value) : '');

const lineOf = (node: unknown, { lines }: Source, otherwise: number) =>
  isNode(node) && node.range ? lines.linePos(node.range[0]).line : otherwise;

function textsBelow(node: unknown, source: Source, line: number): Part['texts'] {
  const texts: { text: string; line: number }[] = [];
  if (!isNode(node)) return texts;
  visit(node, {
    Scalar(_, scalar) {
      if (typeof scalar.value !== 'string') return;
      texts.push({ text: scalar.value, line: lineOf(scalar, source, line) });
    },
  });
  return texts;
}
