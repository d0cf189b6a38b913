import type { AwsSettings } from '../aws/settings.ts';
import type { Architecture } from '../image/architecture.ts';
import { credentialSource } from '../image/credentials.ts';
import { findIndex, wholeIndexNames } from '../image/indexes.ts';
import { findMember } from '../image/push.ts';
import { openRegistry, type Registry } from '../image/registry.ts';
import { memberTag } from '../image/tags.ts';
import { type ImageCommandPlace, pushTarget, recipeOf } from '../place/image-place.ts';
import { code } from '../report/escape.ts';
import { bullets } from '../report/markdown.ts';
import type { Action } from './run-action.ts';
import { summarize } from './summary.ts';

export interface Missing {
  /** Images that the registry does not have as a whole. */
  readonly missing: readonly string[];
  /** What is to be built for them. */
  readonly members: readonly { readonly image: string; readonly architecture: Architecture }[];
}

/** Asks the registry by content; Docker is not needed. */
export async function lookForImages(
  place: ImageCommandPlace,
  images: readonly string[],
  aws: AwsSettings,
  registry: Registry = openRegistry(credentialSource(aws)),
): Promise<Missing> {
  const missing: string[] = [];
  const members: { image: string; architecture: Architecture }[] = [];
  for (const image of images) {
    const recipe = recipeOf(place, image);
    const { content } = recipe;
    const repository = pushTarget(place, recipe);
    const names = wholeIndexNames(content, place.architectures);
    if ((await findIndex(registry, repository, names)) !== undefined) continue;
    missing.push(image);
    for (const architecture of place.architectures) {
      const reference = { ...repository, tag: memberTag(content, architecture) };
      const there = await findMember({ registry }, { reference, architecture, content });
      if (there === undefined) members.push({ image, architecture });
    }
  }
  return { missing, members };
}

export async function tellMissing(
  { voice }: Pick<Action<unknown>, 'voice'>,
  { missing, members }: Missing,
): Promise<void> {
  if (missing.length === 0) {
    voice.say('The registry has every image');
    return summarize('The registry has every image: nothing to build.\n');
  }
  for (const { image, architecture } of members) voice.say(`${image}: to build for ${architecture}`);
  const lines = missing.map((image) => {
    const own = members.filter((one) => one.image === image).map(({ architecture }) => architecture);
    return `${code(image)}: ${own.length === 0 ? 'to join' : `to build for ${own.join(', ')}`}`;
  });
  return summarize(`${bullets(lines)}\n`);
}
