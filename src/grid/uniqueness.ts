import { ConfigurationError } from '../errors.ts';
import type { Block, BlockTrack, Point, UniqueParameter } from './block.ts';
import {
  type ExpandableBlock,
  type Expansion,
  labelOf,
  type Named,
  tooMany,
  walkNamed,
} from './expansion.ts';
import { type Fingerprints, fingerprint, fingerprints } from './fingerprints.ts';
import { type LabelPart, longestLabel, makesFolders, partText } from './label.ts';
import { pointId, seedOf, walkPoints } from './points.ts';
import type { Problems } from './problems.ts';

/**
 * Ids and labels are unique. Most grids show it by their structure: a product of axes without repeats has no
 * duplicates, and a label that holds every axis readably tells them apart. Only what does not is walked through.
 */

/** A track longer than this is not looked through for a proof. */
const mostProved = 20_000;

/** Reports values that an axis (or rows) holds twice. */
export function reportRepeats(block: Block, problems: Problems): void {
  let stride = block.size;
  for (const track of block.tracks) {
    stride /= Math.max(track.length, 1);
    if (track.length > 1_000_000) continue;
    const repeat = firstRepeat(track);
    if (repeat === undefined) continue;
    const [first, second] = repeat;
    const what =
      track.names.length === 1
        ? `\`${track.names[0]}\``
        : track.names.map((name) => `\`${name}\``).join(', ');
    problems.add(
      track.node,
      `duplicate combinations: ${what} has the same value at positions ${first + 1} and ${second + 1} (${shown(track, second)}), so combination ${first * stride} equals combination ${second * stride}`,
      'Remove one of the two; numbers equal in 12 digits are equal.',
    );
  }
}

function shown(track: BlockTrack, position: number): string {
  const text = track
    .at(position)
    .map((piece) => piece?.text ?? 'absent')
    .join(', ');
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

const canonicalAt = (track: BlockTrack, position: number) => {
  let canonical = '';
  for (const piece of track.at(position)) canonical += piece === undefined ? ',' : `${piece.canonical},`;
  return canonical;
};

function firstRepeat(track: BlockTrack): readonly [number, number] | undefined {
  const seen = fingerprints(track.length);
  for (let position = 0; position < track.length; position += 1) {
    const canonical = canonicalAt(track, position);
    const [high, low] = fingerprint(canonical);
    const earlier = seen.add(high, low, position);
    if (earlier >= 0 && canonicalAt(track, earlier) === canonical) return [earlier, position];
  }
  return undefined;
}

/** True when the structure alone shows that no two combinations share a label. */
export function labelsProved(blocks: readonly ExpandableBlock[]): boolean {
  const [only] = blocks;
  if (only === undefined || blocks.length > 1) return false;
  const { block, parts } = only;
  if (parts.some((part) => part.kind === 'id')) return parts.length === 1;
  if (parts.some((part) => part.kind === 'index') || !decodable(block, parts)) return false;
  return block.tracks.every(
    (track) =>
      track.length === 1 ||
      parts.some((part, at) => part.kind === 'parameter' && tellsApart(track, part, at)),
  );
}

/** Each value of the track has a text of its own at this part. */
function tellsApart(
  track: BlockTrack,
  part: Extract<LabelPart, { readonly kind: 'parameter' }>,
  at: number,
): boolean {
  const texts = textsOf(track, part, at);
  return texts !== undefined && new Set(texts).size === track.length;
}

function textsOf(
  track: BlockTrack,
  part: Extract<LabelPart, { readonly kind: 'parameter' }>,
  at: number,
): string[] | undefined {
  const column = track.slots.indexOf(part.slot);
  if (column < 0 || track.length > mostProved) return undefined;
  const texts: string[] = [];
  for (let position = 0; position < track.length; position += 1) {
    const piece = track.at(position)[column];
    if (piece === undefined) return undefined;
    texts.push(partText(part, at, piece));
  }
  return texts;
}

/** A reader could split the label into its parts: each text has one length, or stops at a character it cannot hold. */
function decodable(block: Block, parts: readonly LabelPart[]): boolean {
  let longest = 0;
  for (const [at, part] of parts.entries()) {
    if (part.kind === 'literal') longest += part.text.length;
    if (part.kind !== 'parameter') continue;
    const track = block.tracks.find(({ slots }) => slots.includes(part.slot));
    const texts = track === undefined ? undefined : textsOf(track, part, at);
    if (texts === undefined) return false;
    longest += texts.reduce((most, text) => Math.max(most, text.length), 0);
    const next = parts[at + 1];
    const stop = next?.kind === 'literal' ? (next.text[0] ?? '') : '';
    const fixed = texts.every((text) => text.length === texts[0]?.length);
    const stops = next === undefined || (stop !== '' && !texts.some((text) => text.includes(stop)));
    if (!fixed && !stops) return false;
  }
  return longest <= longestLabel;
}

/** What has to be walked through. */
export interface Doubts {
  readonly ids: boolean;
  readonly labels: boolean;
}

/** One pass over the grid that remembers fingerprints only. Throws at the first duplicate, collision or overlap. */
export function walkChecks(expansion: Expansion, doubts: Doubts): number {
  const most = Math.min(
    expansion.limit,
    expansion.blocks.reduce((sum, { block }) => sum + block.size, 0),
  );
  const ids = fingerprints(doubts.ids ? most : 0);
  const labels = fingerprints(doubts.labels ? most : 0);
  const seeds = new Map<string, SeedCheck>();
  const folders = expansion.label !== undefined && makesFolders(expansion.label) ? folderCheck() : undefined;
  let index = 0;
  for (const { block, parts } of expansion.blocks) {
    for (const point of walkPoints(expansion.file, block, index)) {
      if (index >= expansion.limit) throw tooMany(expansion);
      const id = doubts.ids || doubts.labels ? pointId(block, point) : '';
      if (doubts.ids) checkId(expansion, ids, id, index);
      if (doubts.labels) {
        const label = labelOf(expansion, parts, point, index, id);
        checkLabel(expansion, labels, label, index);
        const other = folders?.(label, index);
        if (other !== undefined) throw nested(expansion, other, index);
      }
      for (const item of block.computed) {
        if (item.kind === 'unique') checkSeed(expansion, seeds, item, point, index, most);
      }
      index += 1;
    }
  }
  return index;
}

function checkId(expansion: Expansion, seen: Fingerprints, id: string, index: number): void {
  const earlier = seen.add(Number.parseInt(id.slice(0, 8), 16), Number.parseInt(id.slice(8), 16), index);
  if (earlier < 0) return;
  throw new ConfigurationError({
    file: expansion.file,
    message: `combinations ${earlier} and ${index} are the same point: ${about(find(expansion, earlier))}`,
    fix: 'Remove one of the two; numbers equal in 12 digits are equal, and derived parameters do not count.',
  });
}

function checkLabel(expansion: Expansion, seen: Fingerprints, label: string, index: number): void {
  const [high, low] = fingerprint(label);
  const earlier = seen.add(high, low, index);
  if (earlier < 0) return;
  const first = find(expansion, earlier);
  if (first.label !== label) return;
  const second = find(expansion, index);
  throw new ConfigurationError({
    file: expansion.file,
    ...expansion.labelNode?.at,
    message: `the label \`${label}\` belongs to two combinations: ${earlier} (${about(first)}) and ${index} (${about(second)})`,
    fix: 'Put what differs into `label`, or use more decimals.',
  });
}

/** The combination whose label is a folder of this one or lies in it, if one came before. */
function folderCheck(): (label: string, index: number) => number | undefined {
  const labels = new Map<string, number>();
  const folders = new Map<string, number>();
  return (label, index) => {
    labels.set(label, index);
    let found = folders.get(label);
    for (let slash = label.indexOf('/'); slash >= 0; slash = label.indexOf('/', slash + 1)) {
      const folder = label.slice(0, slash);
      folders.set(folder, index);
      found ??= labels.get(folder);
    }
    return found;
  };
}

function nested(expansion: Expansion, earlier: number, later: number): ConfigurationError {
  const [first, second] = [find(expansion, earlier), find(expansion, later)];
  return new ConfigurationError({
    file: expansion.file,
    ...expansion.labelNode?.at,
    message: `one of the labels \`${first.label}\` and \`${second.label}\` is a folder of the other: combinations ${earlier} (${about(first)}) and ${later} (${about(second)})`,
    fix: 'Their files would mix: give every label the same number of folders.',
  });
}

interface SeedCheck {
  readonly slots: Fingerprints;
  /** With `except`, points that share their seed on purpose. */
  readonly shared: Fingerprints;
}

function checkSeed(
  expansion: Expansion,
  seeds: Map<string, SeedCheck>,
  item: UniqueParameter,
  point: Point,
  index: number,
  most: number,
): void {
  const sharing = item.form.except.length > 0 || expansion.blocks.length > 1;
  const check = seeds.get(item.name) ?? {
    slots: fingerprints(most),
    shared: fingerprints(sharing ? most : 0),
  };
  seeds.set(item.name, check);
  const slot = Number(point[item.slot]?.value) / item.form.stride;
  const high = Math.floor(slot / 2 ** 32);
  if (sharing && check.shared.add((high ^ seedOf(item, point).key) >>> 0, slot >>> 0, index) >= 0) return;
  const earlier = check.slots.add(high, slot >>> 0, index);
  if (earlier < 0) return;
  const first = find(expansion, earlier);
  const second = find(expansion, index);
  const from = slot * item.form.stride;
  throw new ConfigurationError({
    file: expansion.file,
    ...item.node.at,
    message: `the seeds of \`${item.name}\` overlap: combinations ${earlier} (${first.label}) and ${index} (${second.label}) both own [${from}, ${from + item.form.stride})`,
    fix: 'Raise `below`, lower `stride`, or write another `salt`.',
  });
}

function find(expansion: Expansion, index: number): Named {
  for (const named of walkNamed(expansion)) {
    if (named.index === index) return { ...named, point: [...named.point] };
  }
  throw new RangeError(`combination ${index} is not there`);
}

function about({ point }: Named): string {
  const text = point
    .filter((piece) => piece !== undefined)
    .map((piece) => `${piece.name}=${piece.text}`)
    .join(' ');
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
