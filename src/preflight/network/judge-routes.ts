import type { Unknown } from '../../aws/answer.ts';
import { brokenRoutes, elsewhere, withoutAddress, withoutEgress } from './egress-troubles.ts';
import { type Ground, noSubnet, rowOfPlaces } from './ground.ts';
import { addressUnknown } from './need.ts';
import { associationTroubles, deadRoutes, tableless } from './route-troubles.ts';
import { hasEndpoints } from './services.ts';
import { alsoLacking, type Row } from './trouble.ts';

/** Whether route tables lead every subnet out. */
export function judgeRoutes(ground: Ground): readonly Row[] {
  const { routeTables, endpoints } = ground.facts;
  return [
    rowOfPlaces(
      { check: 'route-tables', title: 'Route tables are settled and lead nowhere dead', nothing: noSubnet },
      ...([ground, () => true, { routeTables }] as const),
      (places, known) => [
        ...associationTroubles(ground, places, known.routeTables),
        ...deadRoutes(ground, places),
      ],
    ),
    alsoLacking(
      rowOfPlaces(
        { check: 'egress', title: 'Every subnet has a way out', nothing: noSubnet },
        ...([ground, () => true, { endpoints }] as const),
        (places, known) => [
          ...tableless(ground, places),
          ...brokenRoutes(ground, places),
          ...withoutAddress(ground, places),
          ...elsewhere(ground, places, (place) => place.way.out === 'elsewhere'),
          ...withoutEgress(ground, places, (place) => hasEndpoints(place, ground.region, known.endpoints)),
        ],
      ),
      unreadTemplates(ground),
    ),
  ];
}

/** Where a gateway serves only public addresses, the template that gives or withholds them has to be read. */
function unreadTemplates({ places }: Ground): readonly Unknown[] {
  if (!places.known) return [];
  return places.value.flatMap(({ way, need }) =>
    way.out === 'internet' ? (addressUnknown(need) ?? []) : [],
  );
}
