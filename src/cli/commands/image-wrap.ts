import { Command } from 'commander';
import { namesOf } from '../../image/tags.ts';
import { wrapRecipe } from '../../place/image-place.ts';
import { pushing } from './image-push.ts';

export function imageWrapCommand(): Command {
  const command = new Command('wrap')
    .description('put the worker on an image that exists, and push it to the registry of muster.yaml')
    .argument('<reference@digest>', 'as a grid writes it: `image: ghcr.io/lab/model@sha256:...`');
  return pushing(command, (place, reference) => ({
    recipe: wrapRecipe(place, reference),
    names: namesOf({ commit: null, changed: false }),
  })).addHelpText(
    'after',
    `
User, work directory, variables and PATH stay those of the image; only its entry point becomes the worker. Grids go on
naming the image itself: its digest is what results are known by.

Example:
  muster image wrap ghcr.io/lab/model@sha256:...`,
  );
}
