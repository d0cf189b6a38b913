import type { AwsSettings } from '../aws/settings.ts';
import type { Architecture } from '../image/architecture.ts';
import { type Pushed, prepareRepository, pushImage } from '../image/make.ts';
import type { Recipe } from '../image/recipe.ts';
import { openImageRoom } from '../image/room.ts';
import { type ImageCommandPlace, pushTarget } from './image-place.ts';

export interface PushFromOptions {
  /** Those to build here; all without it. */
  readonly architecture?: readonly Architecture[];
  /** Build nothing: join what was pushed from elsewhere. */
  readonly join?: boolean;
  readonly tell: (line: string) => void;
  readonly aws?: AwsSettings;
}

/** Builds, pushes and joins; tells what it does. */
export async function pushFrom(
  place: ImageCommandPlace,
  recipe: Recipe,
  names: readonly string[],
  { architecture, join, tell, aws = {} }: PushFromOptions,
): Promise<Pushed> {
  const repository = pushTarget(place, recipe);
  await using room = await openImageRoom({ aws, say: tell });
  for (const line of await prepareRepository(aws, repository)) tell(line);
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
