import { Command } from 'commander';
import type { Done } from '../options.ts';
import { imageBuildCommand } from './image-build.ts';
import { imageInspectCommand } from './image-inspect.ts';
import { imagePushCommand } from './image-push.ts';
import { imageWrapCommand } from './image-wrap.ts';

export function imageCommand(done: Done): Command {
  return new Command('image')
    .description('build, push, inspect and wrap the images that grids name')
    .addCommand(imageBuildCommand())
    .addCommand(imagePushCommand())
    .addCommand(imageWrapCommand())
    .addCommand(imageInspectCommand(done))
    .addHelpText(
      'after',
      `
Exit codes: 0 done · 1 the builder refuses the folder, or the image is not what it should be · 2 your file or arguments
            3 Docker or the registry

Examples:
  muster image push demo                  build what is missing, push, join; then \`muster run demo\` finds it
  muster image inspect demo --run         start the entry point on every architecture`,
    );
}
