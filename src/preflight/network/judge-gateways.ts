import { detached, payingForS3 } from './gateway-troubles.ts';
import { type Ground, rowOfPlaces, some } from './ground.ts';
import { natTroubles } from './nat-troubles.ts';
import { endpointsOf, isGateway, serving } from './services.ts';
import { byCause, type Row } from './trouble.ts';
import { isByNat, type Place, subnetBy, targetOf, wayOut } from './way.ts';

/** Whether what route tables lead to leads on. */
export function judgeGateways(ground: Ground): readonly Row[] {
  const { nats, internetGateways, endpoints, subnets, neighbours, routeTables } = ground.facts;
  const noNat = 'No subnet leads out by a NAT gateway.';
  const anyNat = some(ground, isByNat);
  const none = { known: true, value: [] } as const;
  return [
    rowOfPlaces(
      { check: 'nat', title: 'NAT gateways reach the internet', nothing: noNat },
      ...([ground, isByNat, { nats, subnets, neighbours, routeTables }] as const),
      (places, known) =>
        byCause(places, targetOf).flatMap(([id, , all]) => {
          const nat = known.nats.find((gateway) => gateway.id === id);
          const own = subnetBy(nat?.subnet, [known.subnets, known.neighbours]);
          return natTroubles(ground, id, nat, own, own && wayOut(own, known.routeTables), all);
        }),
    ),
    rowOfPlaces(
      {
        ...{ check: 'internet-gateways', title: 'Internet gateways are attached' },
        nothing: 'No subnet leads out by an internet gateway.',
      },
      ...([ground, (place: Place) => isByInternet(place) || isByNat(place)] as const),
      { internetGateways, nats: anyNat ? nats : none, subnets, neighbours, routeTables },
      (places, known) => {
        const ofNats = places.filter(isByNat).flatMap((place) => {
          const nat = known.nats.find(({ id }) => id === targetOf(place));
          const own = subnetBy(nat?.subnet, [known.subnets, known.neighbours]);
          const way = own && wayOut(own, known.routeTables);
          return way?.out === 'internet' ? [{ ...place, way }] : [];
        });
        return detached(ground, [...places.filter(isByInternet), ...ofNats], known.internetGateways);
      },
    ),
    rowOfPlaces(
      { check: 'nat-money', title: 'What S3 has for nothing does not go by NAT', nothing: noNat },
      ...([ground, isByNat, { endpoints }] as const),
      (places, known) => {
        const paying = places.filter(
          (place) => serving('s3', place, ground.region, known.endpoints).length === 0,
        );
        return byCause(paying, ({ subnet }) => subnet.vpc).map(([vpc, , all]) => {
          const gateway = endpointsOf('s3', vpc, ground.region, known.endpoints).find(({ type }) =>
            isGateway(type),
          );
          return payingForS3(ground.region, vpc, gateway?.id, all);
        });
      },
    ),
  ];
}

function isByInternet({ way }: Place): boolean {
  return way.out === 'internet';
}
