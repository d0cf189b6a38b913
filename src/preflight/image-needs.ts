import { ecrOf, parseReference } from '../image/reference.ts';
import { type QueueFacts, usableEnvironments } from './capacity/facts.ts';
import type { NetworkNeed } from './network/need.ts';
import type { Wanted } from './wanted.ts';

/** Tells each environment which registries the images of its slices come from; of those without slices nobody knows. */
export function withImages(
  needs: readonly NetworkNeed[],
  queues: readonly QueueFacts[],
  { classes, images }: Pick<Wanted, 'classes' | 'images'>,
  region: string,
): readonly NetworkNeed[] {
  return needs.map((need) => {
    const own = queues
      .filter((queue) => usableEnvironments(queue).some(({ name }) => name === need.environment))
      .map(({ wanted }) => wanted.name);
    const run = new Set(classes.filter(({ queue }) => own.includes(queue)).map(({ image }) => image));
    if (run.size === 0) return need;
    const from = [...run].map((name) => {
      const reference = images.find((image) => image.name === name)?.reference;
      return { image: name, registry: reference && parseReference(reference)?.registry };
    });
    // An image that nobody has pushed will be in ECR, as far as anybody can tell.
    const isEcr = (registry: string | undefined) =>
      registry === undefined || ecrOf(registry)?.region === region;
    return {
      ...need,
      images: {
        ecr: from.some(({ registry }) => isEcr(registry)),
        elsewhere: from.flatMap(({ image, registry }) =>
          registry === undefined || isEcr(registry) ? [] : [{ image, registry }],
        ),
      },
    };
  });
}
