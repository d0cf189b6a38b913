import type { Point } from './block.ts';
import type { Value } from './combination.ts';
import { FormatError, formatValue } from './format.ts';
import { entriesOf, isList, itemsOf, reachInside } from './inside.ts';
import type { Piece } from './piece.ts';
import { type PlaceholderReference, parseTemplate } from './placeholder.ts';

/** A label is at most this long; beyond it the id stands in. */
export const longestLabel = 120;

/** How labels are written: literal parts and references in turn, with the slot each reference reads. */
export type LabelPart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly slot: number; readonly render: (piece: Piece) => string }
  | { readonly kind: 'index' | 'id' };

export class LabelError extends Error {
  override readonly name = 'LabelError';
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

/** Everything but these becomes `-`: safe as a path, an S3 key, and in Markdown. */
export const safe = (text: string) => text.replace(/[^A-Za-z0-9._=+,@-]/g, '-');

/** Also keeps `/`, which the template's author wrote to make folders. */
const safeWithFolders = (text: string) => text.replace(/[^A-Za-z0-9._=+,@/-]/g, '-');

export function templateParts(template: string, slots: ReadonlyMap<string, number>): LabelPart[] {
  return parseTemplate(template).map((piece): LabelPart => {
    if (typeof piece === 'string') return { kind: 'literal', text: safeWithFolders(piece) };
    if (piece.name === 'combination') return { kind: piece.path[0] === 'id' ? 'id' : 'index' };
    return { kind: 'parameter', slot: slots.get(piece.name) ?? -1, render: renderer(piece) };
  });
}

function renderer(reference: PlaceholderReference): (piece: Piece) => string {
  const clean = reference.spec?.includes('/') === true ? safeWithFolders : safe;
  return (piece) => {
    const filling = reachInside({ value: piece.value, text: piece.text }, reference.path);
    if (filling === undefined) {
      throw new LabelError(
        `${reference.source} reaches nothing in ${piece.text}`,
        'Every combination needs a label.',
      );
    }
    try {
      const bare = reference.spec === undefined && reference.path.length === 0;
      return clean(
        bare
          ? shortText(filling.value, filling.text)
          : formatValue(filling.value, filling.text, reference.spec),
      );
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      throw new LabelError(`${reference.source}: ${error.message}`, error.fix);
    }
  };
}

/** `name=text` of the axes that are there. */
export function defaultParts(axes: readonly string[], slots: ReadonlyMap<string, number>): LabelPart[] {
  const parts = axes.flatMap((name, index): LabelPart[] => {
    const slot = slots.get(name);
    if (slot === undefined) return [];
    return [
      { kind: 'literal', text: `${index === 0 ? '' : '_'}${name}=` },
      { kind: 'parameter', slot, render: (piece) => safe(shortText(piece.value, piece.text)) },
    ];
  });
  return parts.length === 0 ? [{ kind: 'id' }] : parts;
}

/** Of a window its bounds, of a list its items as written: JSON makes poor folder names. */
function shortText(value: Value, text: string): string {
  if (typeof value !== 'object' || value === null) return text;
  if (isList(value))
    return itemsOf(value, text)
      .map((item) => shortText(item.value, item.text))
      .join(',');
  const { start, end, last } = value;
  if (typeof start === 'string' && typeof last === 'string') return `${start}..${last}`;
  if (typeof start === 'number' && typeof end === 'number') return `${start}-${end}`;
  return entriesOf(value, text)
    .map(([key, item]) => `${key}=${shortText(item.value, item.text)}`)
    .join(',');
}

/** True when values may add folders, so that one label could be a folder of another. */
export const makesFolders = (template: string) =>
  parseTemplate(template).some((piece) => typeof piece === 'object' && piece.spec?.includes('/') === true);

const emptyOrDots = /(?:^|\/)\.{0,2}(?:\/|$)/;

/** Writes the label of one point. `dropAbsent`: the default label leaves absent parameters out. */
export function writeLabel(
  parts: readonly LabelPart[],
  point: Point,
  index: number,
  id: string,
  dropAbsent: boolean,
): string {
  let label = '';
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at] as LabelPart;
    if (part.kind === 'literal') {
      const next = parts[at + 1];
      if (dropAbsent && next?.kind === 'parameter' && point[next.slot] === undefined) at += 1;
      else label += part.text;
    } else if (part.kind === 'parameter') label += partText(part, at, point[part.slot]);
    else label += part.kind === 'id' ? id : String(index);
  }
  if (dropAbsent && label.startsWith('_')) label = label.slice(1);
  if (label.length > longestLabel) return id;
  if (emptyOrDots.test(label))
    throw new LabelError(
      `the label \`${label}\` has an empty folder or one of dots`,
      'Put text around the placeholder.',
    );
  return label;
}

export function partText(
  part: Extract<LabelPart, { readonly kind: 'parameter' }>,
  at: number,
  piece: Piece | undefined,
): string {
  if (piece === undefined) {
    throw new LabelError(
      'the label uses a parameter that is absent',
      'Use parameters that every combination has, or leave `label` out.',
    );
  }
  // Kept with the piece: the same few values come back in every combination.
  let text = piece.labels[at];
  if (text === undefined) {
    text = part.render(piece);
    piece.labels[at] = text;
  }
  return text;
}
