import { ecrOf } from '../../image/reference.ts';
import { fixEgress } from './fix-egress.ts';
import type { Ground } from './ground.ts';
import { byCause, listed, type Trouble, unique } from './trouble.ts';
import { leadsElsewhere, type Place, tableIn } from './way.ts';

/** Endpoints lead to ECR of the region; every other registry is somewhere else. */
export function registryTroubles({ region, facts }: Ground, places: readonly Place[]): readonly Trouble[] {
  const pulled = places.flatMap((place) =>
    (place.need.images?.elsewhere ?? []).map((from) => ({ ...from, place })),
  );
  return byCause(pulled, ({ registry }) => registry).flatMap(([registry, , all]): readonly Trouble[] => {
    const ours = all.map(({ place }) => place);
    const tables = byCause(
      ours.flatMap((place) => tableIn(place) ?? []),
      ({ id }) => id,
    ).map(([, table]) => table);
    const [table] = tables;
    if (table === undefined) return [];
    const images = listed(all.map(({ image }) => image));
    const isOutside = isOfTheInternet(registry) && !tables.some(leadsElsewhere);
    const copy = `Copy ${images} to ECR of ${region} with \`docker buildx imagetools create\`, which takes every architecture, and name the copy in muster.yaml.`;
    return [
      {
        ...{ code: isOutside ? 'registry-unreachable' : 'registry-not-seen', about: registry },
        seen: `${images} comes from there; ${listed(unique(ours.map(({ subnet }) => subnet.id)))} has no way out but endpoints, which lead to ECR of ${region}.`,
        fix: `${copy} Or give the subnet a way out: ${fixEgress(facts, 'create-route', table, ours)}`,
        breaks: isOutside ? tables.map(({ id }) => [id, registry]) : [],
      },
    ];
  });
}

/** Others may be anywhere, also in the VPC. */
function isOfTheInternet(registry: string): boolean {
  return ecrOf(registry) !== undefined || registriesOfTheInternet.test(registry);
}

const registriesOfTheInternet =
  /^(?:docker\.io|ghcr\.io|quay\.io|public\.ecr\.aws|mcr\.microsoft\.com|nvcr\.io|registry\.gitlab\.com|(?:.+\.)?gcr\.io|.+\.pkg\.dev|.+\.azurecr\.io)$/;
