import { type CapacityFacts, usableEnvironments } from './capacity/facts.ts';
import { gatherQueues } from './capacity/gather-queues.ts';
import { gatherQuotas } from './capacity/gather-quotas.ts';
import { gatherTypes } from './capacity/gather-types.ts';
import { networkNeeds } from './capacity/network-needs.ts';
import type { CountedClients } from './counted-clients.ts';
import { type NetworkFacts, zonesOf } from './network/facts.ts';
import { gatherNetwork } from './network/gather-network.ts';
import { gatherIdentity, type IdentityFacts } from './surroundings/identity.ts';
import type { ImageFacts } from './surroundings/image-content.ts';
import { gatherImages, type ImageSources } from './surroundings/images.ts';
import { gatherRoles, type ProfileNeed, type RoleFacts } from './surroundings/roles.ts';
import { gatherStorage, type StorageFacts } from './surroundings/storage.ts';
import type { Wanted } from './wanted.ts';

/** All that was asked, and what it told. */
export interface PreflightFacts {
  readonly identity: IdentityFacts;
  readonly capacity: CapacityFacts;
  readonly network: NetworkFacts;
  readonly roles: RoleFacts;
  readonly images: readonly ImageFacts[];
  readonly storage: StorageFacts;
}

export interface GatherRequest {
  readonly region: string;
  readonly wanted: Wanted;
  readonly probe: boolean;
  readonly readOther?: NonNullable<ImageSources['readOther']>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** As much at once as can be: only what lies behind a queue is known by its answer. */
export async function gatherAll(counted: CountedClients, request: GatherRequest): Promise<PreflightFacts> {
  const { clients } = counted;
  const { region, wanted, probe, now } = request;
  const [behind, identity, images, storage] = await Promise.all([
    gatherBehindQueues(counted, request),
    gatherIdentity(clients, region, now),
    gatherImages(clients, wanted.images, imageSources(counted, request)),
    gatherStorage(clients, region, { ...wanted, probe }),
  ]);
  return { ...behind, identity, images, storage };
}

const imageSources = ({ ecrIn }: CountedClients, { region, readOther }: GatherRequest): ImageSources => ({
  ...{ region, ecrIn },
  ...(readOther !== undefined && { readOther }),
});

async function gatherBehindQueues({ clients }: CountedClients, { region, wanted }: GatherRequest) {
  const queues = await gatherQueues(clients, wanted.queues);
  const [{ network, types }, quotas, roles] = await Promise.all([
    gatherGround(clients, region, queues),
    gatherQuotas(clients, queues),
    gatherRoles(clients, { ...wanted.roles, profiles: profilesOf(queues) }),
  ]);
  const zones = zonesOf(network);
  return { network, roles, capacity: { region, queues, types, zones, quotas } };
}

/** Which types are offered depends on the zones of the subnets. */
async function gatherGround(
  clients: CountedClients['clients'],
  region: string,
  queues: CapacityFacts['queues'],
) {
  const network = await gatherNetwork(clients, region, networkNeeds(queues));
  return { network, types: await gatherTypes(clients, queues, zonesOf(network)) };
}

function profilesOf(queues: CapacityFacts['queues']): readonly ProfileNeed[] {
  const profiles = queues.flatMap(usableEnvironments).flatMap(({ name, instanceRole }) => {
    return instanceRole === undefined ? [] : [{ environment: name, profile: instanceRole }];
  });
  return [...new Map(profiles.map((one) => [one.environment, one])).values()];
}
