import type { Block } from './block.ts';
import { expandCommand } from './command.ts';
import { inside } from './expression-places.ts';
import { type Filling, reachInside } from './inside.ts';
import { reservedNames } from './lookup.ts';
import {
  fillTemplate,
  PlaceholderError,
  type PlaceholderReference,
  placeholderNames,
} from './placeholder.ts';
import type { Problems } from './problems.ts';
import { type Template, templates } from './template-checks.ts';
import type { MapNode } from './tree.ts';

/** So many values of a parameter are tried, and the last one: whatever is wrong with a form shows early. */
const mostTried = 1_000;

/**
 * Tries every placeholder with the values that its parameter takes, before anything runs: a format that does not fit
 * would fail one combination in the middle of a run, and a misspelt key would drop its group from all of them.
 */
export function checkTemplateValues(root: MapNode, blocks: readonly Block[], problems: Problems): void {
  for (const template of templates(root)) {
    if (template.use === 'label') continue;
    for (const reference of placeholderNames(template.text)) {
      if (reservedNames.has(reference.name)) continue;
      const problem = misplaced(reference, template) ?? unfit(reference, template, blocks);
      if (problem !== undefined)
        problems.add(inside(template.node, reference.offset), problem.message, problem.fix);
    }
  }
}

/** `{?x}` and `{*x}` where there are no arguments to drop or to add. */
function misplaced({ form, source }: PlaceholderReference, { text, use }: Template) {
  const allowed = form === 'test' ? use === 'group' : use === 'group' || use === 'argument';
  if (form === 'value' || (allowed && (form === 'test' || text === source))) return undefined;
  return problemOf(() => fillTemplate(source, () => undefined));
}

function unfit(reference: PlaceholderReference, { use }: Template, blocks: readonly Block[]) {
  const { name, path, source } = reference;
  let reached = path.length === 0;
  let first: PlaceholderError | undefined;
  for (const block of blocks) {
    if (block.computed.some((item) => item.name === name)) return undefined;
    for (const filling of fillings(block, name)) {
      reached ||= filling !== undefined && reachInside(filling, path) !== undefined;
      // Filters may leave out the very points whose values do not fit.
      if (first === undefined && block.filters.length === 0)
        first = problemOf(() => fill(source, use, filling));
    }
  }
  if (reached) return first;
  return {
    message: `\`${source}\` reaches nothing: no value of \`${name}\` has \`${path.join('.')}\``,
    fix: `A value of it is ${sample(blocks, name)}.`,
  };
}

/** The parameter's values in this block; `undefined` where it is absent. */
function* fillings(block: Block, name: string): Generator<Filling | undefined> {
  const track = block.tracks.find(({ names }) => names.includes(name));
  if (track === undefined) return yield undefined;
  const column = track.names.indexOf(name);
  for (let position = 0; position < Math.min(track.length, mostTried); position += 1)
    yield track.at(position)[column];
  if (track.length > mostTried) yield track.at(track.length - 1)[column];
}

function fill(source: string, use: Template['use'], filling: Filling | undefined): void {
  const lookup = () => filling;
  if (use === 'group') expandCommand([[source]], lookup);
  else if (use === 'argument') expandCommand([source], lookup);
  else fillTemplate(source, lookup);
}

function problemOf(attempt: () => void): PlaceholderError | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof PlaceholderError) return error;
    throw error;
  }
}

function sample(blocks: readonly Block[], name: string): string {
  for (const block of blocks)
    for (const filling of fillings(block, name))
      if (filling !== undefined)
        return filling.text.length > 100 ? `${filling.text.slice(0, 99)}…` : filling.text;
  return 'absent everywhere';
}
