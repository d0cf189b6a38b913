import { Command } from 'commander';
import { ConfigurationError } from '../../errors.ts';
import { architectures } from '../../image/architecture.ts';
import { credentialSource } from '../../image/credentials.ts';
import { imageFolder } from '../../image/identity.ts';
import { findIndex, indexNames } from '../../image/indexes.ts';
import { type Inspected, inspected, inspectedLocal, wantedOf, withRuns } from '../../image/inspect.ts';
import { findLocal } from '../../image/local.ts';
import { localName } from '../../image/make.ts';
import { readImage } from '../../image/read.ts';
import type { Recipe } from '../../image/recipe.ts';
import { formatReference, parseReference, type Reference } from '../../image/reference.ts';
import { openRegistry } from '../../image/registry.ts';
import { type Repository, repositoryOf } from '../../image/resolve.ts';
import { openImageRoom } from '../../image/room.ts';
import { contentTag, indexTag } from '../../image/tags.ts';
import { exitCodes } from '../../place/exit-codes.ts';
import { type ImageCommandPlace, openImagePlace, recipeOf } from '../../place/image-place.ts';
import { tell } from '../image-options.ts';
import { inspectText } from '../image-text.ts';
import { type Done, directoryOf, printJson } from '../options.ts';

interface InspectOptions {
  readonly run?: boolean;
  readonly stage?: string;
  readonly json?: boolean;
}

export function imageInspectCommand(done: Done): Command {
  return new Command('inspect')
    .description('say what an image is: architectures, sizes, user, worker; and what is wrong with it')
    .argument('<what>', 'folder of docker/, or a reference')
    .option('--run', 'start the entry point with --check on every architecture, emulated where need be')
    .option('--stage <name>', 'of muster.yaml')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
A folder is looked for in the registry of muster.yaml, by its content, then on this machine. Only --run and images of this
machine need Docker.

Example:
  muster image inspect demo --run`,
    )
    .action(async (what: string, options: InspectOptions, command: Command) => {
      const place = openImagePlace(directoryOf(command), options);
      const seen = await look(place, what, options.run === true);
      if (options.json === true) printJson(seen);
      else process.stdout.write(inspectText(seen));
      done(seen.faults.length === 0 ? exitCodes.succeeded : exitCodes.incomplete);
    });
}

async function look(place: ImageCommandPlace, what: string, run: boolean): Promise<Inspected> {
  if (imageFolder(place.root, what) === undefined) {
    const { images } = place.configuration;
    const pinned = Object.hasOwn(images, what) ? images[what] : undefined;
    // A word alone is a folder or a pin: Docker Hub has an image of almost any name.
    if (pinned === undefined && !/[/:@]/.test(what)) throw noSuchName(what);
    const reference = parseReference(pinned ?? what);
    const seen = reference && (await fromRegistry(reference, undefined, run));
    if (seen === undefined) throw nothingThere(pinned ?? what);
    return seen;
  }
  const recipe = recipeOf(place, what);
  const repository = repositoryFor(place, recipe);
  const pushed = repository && (await pushedAs(place, recipe, repository));
  return (pushed && (await fromRegistry(pushed, recipe, run))) ?? fromHere(recipe, pushed, run);
}

function repositoryFor({ configuration }: ImageCommandPlace, { image }: Recipe): Repository | undefined {
  return configuration.registry === undefined ? undefined : repositoryOf(configuration.registry, image);
}

/** As a launch finds it; where it finds none, as a push would name it. */
async function pushedAs(
  { architectures: queued }: ImageCommandPlace,
  { content }: Recipe,
  repository: Repository,
): Promise<Reference> {
  const registry = openRegistry(credentialSource({}));
  const found = await findIndex(registry, repository, indexNames(content, queued));
  return { ...repository, tag: found?.tag ?? indexTag(content, queued) };
}

async function fromRegistry(
  reference: Reference,
  recipe: Recipe | undefined,
  run: boolean,
): Promise<Inspected | undefined> {
  const read = await readImage(openRegistry(credentialSource({})), reference);
  if (read === undefined) return undefined;
  const seen = inspected(read, reference.registry, wantedOf(read, recipe?.content));
  if (!run) return seen;
  await using room = await openImageRoom({ say: tell });
  return withRuns(room, seen, reference);
}

async function fromHere(recipe: Recipe, pushed: Reference | undefined, run: boolean): Promise<Inspected> {
  await using room = await openImageRoom({ say: tell });
  const found = await Promise.all(architectures.map((one) => findLocal(room.docker, localName(recipe, one))));
  const images = found.flatMap((image) => image ?? []);
  if (images.length === 0) throw notMade(recipe.title, pushed);
  const seen = inspectedLocal(`muster-local/${recipe.title}:${contentTag(recipe.content)}`, images);
  return run ? withRuns(room, seen, undefined) : seen;
}

const noSuchName = (what: string) =>
  new ConfigurationError({
    file: 'command line',
    message: `there is no image \`${what}\`: no folder docker/${what}, and muster.yaml pins none of that name`,
    fix: `Look at the name. An image of Docker Hub is named with its tag or digest: ${what}:<tag>`,
  });

const nothingThere = (what: string) =>
  new ConfigurationError({
    file: 'command line',
    message: `there is no image \`${what}\`: the registry has nothing under that name`,
    fix: 'Look at the name, and whether you are logged in where it should be.',
  });

const notMade = (name: string, pushed: Reference | undefined) =>
  new ConfigurationError({
    file: `docker/${name}`,
    message: `it has been built neither here, as it stands, nor pushed${pushed === undefined ? ' (muster.yaml names no registry)' : `: there is no ${formatReference(pushed)}`}`,
    fix: `Make it: muster image ${pushed === undefined ? 'build' : 'push'} ${name}`,
  });
