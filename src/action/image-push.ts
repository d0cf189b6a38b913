import { namesOf } from '../image/tags.ts';
import { type ImageCommandPlace, provenanceOf, recipeOf } from '../place/image-place.ts';
import { type PushFromOptions, pushFrom } from '../place/push-from.ts';
import { code } from '../report/escape.ts';
import { table } from '../report/markdown.ts';
import type { Action } from './run-action.ts';
import { summarize } from './summary.ts';

export interface PushedImage {
  readonly image: string;
  /** `registry/repository@digest`: of the index, or of the member before joining. */
  readonly reference: string;
  readonly digest: string;
  /** Anything was sent. */
  readonly pushed: boolean;
}

export async function pushOne(
  { voice }: Pick<Action<unknown>, 'voice'>,
  place: ImageCommandPlace,
  image: string,
  options: Omit<PushFromOptions, 'tell'>,
): Promise<PushedImage> {
  const recipe = recipeOf(place, image);
  const names = namesOf(provenanceOf(place.root, place.configuration, image));
  for (const message of recipe.warnings) {
    voice.annotate({ level: 'warning', message: `docker/${image}: ${message}` });
  }
  const tell = (line: string) => voice.say(line);
  const { members, joined } = await pushFrom(place, recipe, names, { ...options, tell });
  const [shown] = joined === undefined ? members : [joined];
  if (shown === undefined) throw new Error(`nothing was pushed of ${image}`);
  const sent = members.some(({ pushed }) => pushed) || (joined?.tagged.length ?? 0) > 0;
  return { image, reference: shown.reference, digest: shown.digest, pushed: sent };
}

export async function tellPushed(images: readonly PushedImage[]): Promise<void> {
  const rows = images.map(({ image, reference, pushed }) => [
    code(image),
    pushed ? 'pushed' : 'was there',
    code(reference, 300),
  ]);
  await summarize(
    rows.length === 0 ? 'No image to build.\n' : `${table(['Image', '', 'Reference'], rows)}\n`,
  );
}
