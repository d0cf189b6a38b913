import type { Dockerfile } from './dockerfile.ts';
import { ecrOf, parseReference } from './reference.ts';

/**
 * Registries of ECR that the images come from which a Dockerfile is built on or copies from: Docker keeps no credentials
 * for them. A name with a variable in it that is not known here is left to the builder.
 */
export function ecrRegistriesOf({ stages }: Dockerfile): readonly string[] {
  const named = stages.flatMap(({ base, instructions }) => [
    base,
    ...instructions.flatMap(({ rest }) => /--from=(\S+)/.exec(rest)?.[1] ?? []),
  ]);
  const registries = named.flatMap((name) => parseReference(name)?.registry ?? []);
  return [...new Set(registries)].filter((registry) => ecrOf(registry) !== undefined);
}
