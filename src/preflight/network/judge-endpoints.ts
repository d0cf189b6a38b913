import { closedEndpoints, policyTroubles, usedBy } from './endpoint-access.ts';
import { type Lack, lackTrouble, mergeLacks } from './endpoint-lacks.ts';
import { dnsTroubles, otherZones } from './endpoint-reach.ts';
import type { Endpoint } from './facts.ts';
import { type Ground, rowOfPlaces } from './ground.ts';
import { registryTroubles } from './registry-troubles.ts';
import { hasEndpoints, runsOthersImages, servicesOf } from './services.ts';
import { byCause, type Row } from './trouble.ts';
import { type Place, subnetBy } from './way.ts';

/** Whether subnets without a way out have the full set of AB 5.4, and those that use endpoints can. */
export function judgeEndpoints(ground: Ground): readonly Row[] {
  const { endpoints, dns, endpointGroups, securityGroups, subnets, neighbours } = ground.facts;
  const none = 'Every subnet has a way out, or nowhere to go at all: none depends on endpoints.';
  const depends = (place: Place) => endpoints.known && dependsOnEndpoints(ground, place, endpoints.value);
  const noneUsed = 'No subnet uses an endpoint.';
  const uses = (place: Place) => endpoints.known && usedBy(ground, place, endpoints.value).length > 0;
  return [
    rowOfPlaces(
      { check: 'endpoints', title: 'Subnets without a way out have every endpoint', nothing: none },
      ...([ground, endpoints.known ? depends : isShut, { endpoints, subnets, neighbours }] as const),
      (places, known) => [
        ...places
          .flatMap((place) => servicesOf(place).map((service) => ({ place, service })))
          .reduce(mergeLacks(ground, known.endpoints), new Map<string, Lack>())
          .values()
          .map((lack) => lackTrouble(ground, lack)),
        ...otherZones(ground, places, known.endpoints, (id) =>
          subnetBy(id, [known.subnets, known.neighbours]),
        ),
      ],
    ),
    rowOfPlaces(
      {
        ...{ check: 'registries', title: 'Subnets without a way out reach the registries of images' },
        nothing: 'No subnet without a way out runs an image of a registry other than ECR.',
      },
      ...([
        ground,
        (place: Place) => runsOthersImages(place) && (endpoints.known ? depends : isShut)(place),
        { endpoints },
      ] as const),
      (places) => registryTroubles(ground, places),
    ),
    rowOfPlaces(
      { check: 'endpoint-dns', title: 'VPCs with endpoints resolve their names', nothing: none },
      ...([ground, endpoints.known ? depends : isShut, { endpoints, dns }] as const),
      (places, known) =>
        byCause(places, ({ subnet }) => subnet.vpc).flatMap(([vpc, , all]) =>
          dnsTroubles(ground.region, vpc, known.dns.get(vpc), all),
        ),
    ),
    rowOfPlaces(
      { check: 'endpoint-groups', title: 'Endpoints let instances in', nothing: noneUsed },
      ...([
        ground,
        endpoints.known ? uses : () => true,
        { endpoints, endpointGroups, securityGroups },
      ] as const),
      (places, known) =>
        closedEndpoints(
          ground,
          places,
          known.endpoints,
          new Map([...known.securityGroups, ...known.endpointGroups]),
        ),
    ),
    rowOfPlaces(
      {
        check: 'endpoint-policies',
        title: 'Policies of endpoints let everything through',
        nothing: noneUsed,
      },
      ...([ground, endpoints.known ? uses : () => true, { endpoints }] as const),
      (places, known) => policyTroubles(ground, places, known.endpoints),
    ),
  ];
}

function isShut({ way }: Place): boolean {
  return way.out === 'none';
}

/** Without any of them, `no-egress` says it all. */
function dependsOnEndpoints({ region }: Ground, place: Place, endpoints: readonly Endpoint[]): boolean {
  return isShut(place) && hasEndpoints(place, region, endpoints);
}
