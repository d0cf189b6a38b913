import { Command } from 'commander';
import type { Architecture } from '../../image/architecture.ts';
import { type BuiltMember, buildMember } from '../../image/make.ts';
import type { Recipe } from '../../image/recipe.ts';
import { openImageRoom } from '../../image/room.ts';
import { openImagePlace, recipeOf } from '../../place/image-place.ts';
import { architectureList, tell } from '../image-options.ts';
import { directoryOf, printJson } from '../options.ts';

interface BuildOptions {
  readonly architecture?: readonly Architecture[];
  readonly stage?: string;
  readonly json?: boolean;
}

export function imageBuildCommand(): Command {
  return new Command('build')
    .description('build docker/<name> with the worker on it, into this machine')
    .argument('<name>', 'folder of docker/')
    .option(
      '--architecture <list>',
      'arm64, amd64 or arm64,amd64; those of the queues without it',
      architectureList,
    )
    .option('--stage <name>', 'of muster.yaml')
    .option('--json', 'for programs')
    .action(async (name: string, options: BuildOptions, command: Command) => {
      const place = openImagePlace(directoryOf(command), options);
      const recipe = recipeOf(place, name);
      for (const warning of recipe.warnings) tell(`docker/${name}: ${warning}`);
      await using room = await openImageRoom({ say: tell });
      const built: BuiltMember[] = [];
      for (const architecture of options.architecture ?? place.architectures) {
        built.push(await buildMember(room, recipe, architecture));
      }
      for (const { local } of built) if (isRoot(local.user)) tell(rootWarning(name));
      if (options.json === true) printJson(asJson(recipe, built));
      else
        for (const { local, built: now } of built)
          process.stdout.write(`${local.reference}${now ? '' : '  (unchanged)'}\n`);
    });
}

export const isRoot = (user: string) => /^(root|0)?(:|$)/.test(user);

const rootWarning = (name: string) =>
  `docker/${name}: its program runs as root: end the Dockerfile with a user by number, such as USER 10001:10001`;

const asJson = ({ image, content }: Recipe, built: readonly BuiltMember[]) => ({
  ...{ name: image.name, ...content },
  images: built.map(({ architecture, local, built: now }) => ({
    ...{ architecture, reference: local.reference, id: local.id, bytes: local.size, built: now },
  })),
});
