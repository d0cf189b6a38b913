import type { InternetGateway } from './facts.ts';
import { ec2Command } from './fix.ts';
import type { Ground } from './ground.ts';
import { byCause, listed, type Trouble } from './trouble.ts';
import { type Place, tableIn, targetOf } from './way.ts';

export function detached(
  { region }: Ground,
  places: readonly Place[],
  gateways: readonly InternetGateway[],
): readonly Trouble[] {
  return byCause(places, targetOf).flatMap(([id, { subnet }, all]): readonly Trouble[] => {
    const gateway = gateways.find((one) => one.id === id);
    const state = gateway?.attachments.find(({ vpc }) => vpc === subnet.vpc)?.state;
    // EC2 says `available` where its documentation of the field says `attached`. [MEM]
    if (state === 'available' || state === 'attached') return [];
    return [
      {
        ...{ code: 'igw-not-attached', about: id },
        seen: `It is ${state ?? 'not attached'} at ${subnet.vpc}; ${listed(all.map((place) => place.subnet.id))} need it.`,
        fix: ec2Command(
          ...([region, 'attach-internet-gateway', `--internet-gateway-id ${id}`] as const),
          `--vpc-id ${subnet.vpc}`,
        ),
        breaks: [[id, 'internet']],
      },
    ];
  });
}

/** AB 10.4: 1 GB for each of 200 instances is about 9 USD by NAT, and nothing by a gateway endpoint. */
export function payingForS3(
  region: string,
  vpc: string,
  gateway: string | undefined,
  places: readonly Place[],
): Trouble {
  const tables = [...new Set(places.flatMap((place) => tableIn(place)?.id ?? []))];
  const create = [
    ...['create-vpc-endpoint', `--vpc-id ${vpc}`, '--vpc-endpoint-type Gateway'],
    ...[`--service-name com.amazonaws.${region}.s3`, `--route-table-ids ${tables.join(' ')}`],
  ] as const;
  const modify = [
    ...['modify-vpc-endpoint', `--vpc-endpoint-id ${gateway}`, `--add-route-table-ids ${tables.join(' ')}`],
  ] as const;
  const [operation = '', ...rest] = gateway === undefined ? create : modify;
  return {
    ...{ code: 'nat-without-s3-endpoint', about: vpc },
    seen: `${listed(places.map(({ subnet }) => subnet.id))} reach S3 by NAT: no S3 gateway endpoint is on ${listed(tables)}.`,
    fix: ec2Command(region, operation, ...rest),
    breaks: [],
  };
}
