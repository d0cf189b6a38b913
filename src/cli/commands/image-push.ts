import { Command } from 'commander';
import type { Architecture } from '../../image/architecture.ts';
import type { Pushed } from '../../image/make.ts';
import type { Recipe } from '../../image/recipe.ts';
import { namesOf } from '../../image/tags.ts';
import { type ImageCommandPlace, openImagePlace, provenanceOf, recipeOf } from '../../place/image-place.ts';
import { pushFrom } from '../../place/push-from.ts';
import { architectureList, tell } from '../image-options.ts';
import { directoryOf, printJson } from '../options.ts';

interface PushOptions {
  readonly architecture?: readonly Architecture[];
  readonly join?: boolean;
  readonly stage?: string;
  readonly json?: boolean;
}

export function imagePushCommand(): Command {
  const command = new Command('push')
    .description(
      'build what the registry of muster.yaml lacks of docker/<name>, push it, join all architectures',
    )
    .argument('<name>', 'folder of docker/');
  return pushing(command, (place, name) => ({
    recipe: recipeOf(place, name),
    names: namesOf(provenanceOf(place.root, place.configuration, name)),
  })).addHelpText(
    'after',
    `
Where nothing has changed, nothing is built and nothing is sent. The last line is what jobs run: a reference and its digest.

Examples:
  muster image push demo                        all architectures of the queues on this machine, others emulated
  muster image push demo --architecture arm64   on a runner of arm64; the other runner does its own; then
  muster image push demo --join                 one index of both`,
  );
}

interface ToPush {
  readonly recipe: Recipe;
  /** Further names of the index. */
  readonly names: readonly string[];
}

/** What commands that push have in common. @param prepare what to make of the argument. */
export function pushing(
  command: Command,
  prepare: (place: ImageCommandPlace, what: string) => ToPush,
): Command {
  return command
    .option(
      '--architecture <list>',
      'only these, and join nothing yet (unless they are all)',
      architectureList,
    )
    .option('--join', 'build nothing: join what other machines have pushed')
    .option('--stage <name>', 'of muster.yaml')
    .option('--json', 'for programs')
    .action(async (what: string, options: PushOptions, given: Command) => {
      const place = openImagePlace(directoryOf(given), options);
      const { recipe, names } = prepare(place, what);
      for (const warning of recipe.warnings) tell(`docker/${what}: ${warning}`);
      print(await pushFrom(place, recipe, names, { ...options, tell }), recipe, options);
    });
}

/** The reference that jobs run; before joining, those of the members. */
function print({ members, joined }: Pushed, { image, content }: Recipe, { json }: PushOptions): void {
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
