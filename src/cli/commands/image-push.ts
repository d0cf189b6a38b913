import { Command } from 'commander';
import type { Architecture } from '../../image/architecture.ts';
import { type Pushed, prepareRepository, pushImage } from '../../image/make.ts';
import type { Recipe } from '../../image/recipe.ts';
import { openImageRoom } from '../../image/room.ts';
import { namesOf } from '../../image/tags.ts';
import {
  architectureList,
  type ImageCommandPlace,
  openImagePlace,
  provenanceOf,
  pushTarget,
  recipeOf,
  tell,
} from '../image-place.ts';
import { printJson } from '../options.ts';

export interface PushOptions {
  readonly architecture?: readonly Architecture[];
  readonly join?: boolean;
  readonly stage?: string;
  readonly json?: boolean;
}

export function imagePushCommand(): Command {
  return new Command('push')
    .description(
      'build what the registry of muster.yaml lacks of docker/<name>, push it, join all architectures',
    )
    .argument('<name>', 'folder of docker/')
    .option(
      '--architecture <list>',
      'only these, and join nothing yet (unless they are all)',
      architectureList,
    )
    .option('--join', 'build nothing: join what other machines have pushed')
    .option('--stage <name>', 'of muster.yaml')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Where nothing has changed, nothing is built and nothing is sent. The last line is what jobs run: a reference and its digest.

Examples:
  muster image push demo                        all architectures of the queues on this machine, others emulated
  muster image push demo --architecture arm64   on a runner of arm64; the other runner does its own; then
  muster image push demo --join                 one index of both`,
    )
    .action(async (name: string, options: PushOptions, command: Command) => {
      const place = openImagePlace(command, options);
      const recipe = recipeOf(place, name);
      const names = namesOf(provenanceOf(place.root, place.configuration, name));
      for (const warning of recipe.warnings) tell(`docker/${name}: ${warning}`);
      print(await pushFrom(place, recipe, names, options), recipe, options);
    });
}

/** Builds, pushes and joins; says what it does on stderr. */
export async function pushFrom(
  place: ImageCommandPlace,
  recipe: Recipe,
  names: readonly string[],
  { architecture, join }: PushOptions,
): Promise<Pushed> {
  const repository = pushTarget(place, recipe);
  await using room = await openImageRoom({ say: tell });
  for (const line of await prepareRepository({}, repository)) tell(line);
  const pushed = await pushImage(room, recipe, { repository, names, ...whatToDo(place, architecture, join) });
  for (const { architecture: one, pushed: now } of pushed.members) {
    tell(`${one}: ${now ? 'pushed' : 'there already'}`);
  }
  for (const tag of pushed.taken) tell(`the tag ${tag} keeps naming what it named before`);
  return pushed;
}

/** What is built here, and of which architectures the index is; no index while some may still be missing. */
export function whatToDo(
  { architectures: all }: Pick<ImageCommandPlace, 'architectures'>,
  given: readonly Architecture[] | undefined,
  join = false,
): { readonly architectures: readonly Architecture[]; readonly join?: readonly Architecture[] } {
  if (join) return { architectures: [], join: given ?? all };
  if (given === undefined) return { architectures: all, join: all };
  const complete = all.every((one) => given.includes(one));
  return { architectures: given, ...(complete && { join: given }) };
}

/** The reference that jobs run; before joining, those of the members. */
export function print({ members, joined }: Pushed, { image, content }: Recipe, { json }: PushOptions): void {
  const references = joined === undefined ? members.map(({ reference }) => reference) : [joined.reference];
  if (json !== true) {
    if (joined === undefined)
      tell('Not joined yet: once all architectures are pushed, run it again with --join.');
    for (const reference of references) process.stdout.write(`${reference}\n`);
    return;
  }
  printJson({
    ...{ name: image.name, ...content, members },
    ...(joined !== undefined && {
      reference: joined.reference,
      digest: joined.digest,
      tagged: joined.tagged,
    }),
  });
}
