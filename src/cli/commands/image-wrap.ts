import { Command } from 'commander';
import { namesOf } from '../../image/tags.ts';
import { openImagePlace, wrapRecipe } from '../../place/image-place.ts';
import { pushFrom } from '../../place/push-from.ts';
import { architectureList, tell } from '../image-options.ts';
import { directoryOf } from '../options.ts';
import { type PushOptions, print } from './image-push.ts';

export function imageWrapCommand(): Command {
  return new Command('wrap')
    .description('put the worker on an image that exists, and push it to the registry of muster.yaml')
    .argument('<reference@digest>', 'as a grid writes it: `image: ghcr.io/lab/model@sha256:...`')
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
User, work directory, variables and PATH stay those of the image; only its entry point becomes the worker. Grids go on
naming the image itself: its digest is what results are known by.

Example:
  muster image wrap ghcr.io/lab/model@sha256:...`,
    )
    .action(async (reference: string, options: PushOptions, command: Command) => {
      const place = openImagePlace(directoryOf(command), options);
      const recipe = wrapRecipe(place, reference);
      print(
        await pushFrom(place, recipe, namesOf({ commit: null, changed: false }), { ...options, tell }),
        recipe,
        options,
      );
    });
}
