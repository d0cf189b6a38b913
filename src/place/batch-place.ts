import type { AwsSettings } from '../aws/settings.ts';
import { openBatchEngine } from '../engine/aws-batch/batch-engine.ts';
import { openClients } from '../engine/aws-batch/clients.ts';
import { openMetrics } from '../engine/aws-batch/metrics.ts';
import { lookAtQueue } from '../engine/aws-batch/queue.ts';
import type { BatchQueue } from '../engine/aws-batch/settings.ts';
import { pricesFor, type SpotShare } from '../money/prices.ts';
import type { Queue } from '../plan/queues.ts';
import type { Configuration } from '../run/configuration.ts';
import { batchImages } from './batch-images.ts';
import type { EnginePlace, Refusal } from './engine-place.ts';
import { spotShares } from './spot-shares.ts';

export interface BatchPlaceOptions {
  readonly root: string;
  readonly configuration: Configuration;
  readonly region: string;
  /** URL. */
  readonly store: string;
  readonly aws: AwsSettings;
  /** Whether Spot prices are looked up. */
  readonly priced: boolean;
}

/** Slices on AWS Batch; nothing of them is kept on this machine. */
export async function openBatchPlace(options: BatchPlaceOptions): Promise<EnginePlace> {
  const { root, configuration, region, aws } = options;
  const { queues, roles, log_group: logGroup } = configuration;
  const images = batchImages({ root, configuration, aws });
  const planned = mapValues(queues, plannedQueue);
  const prices = pricesFor(region);
  const spot = options.priced ? await spotShares({ aws, region }, planned, prices) : {};
  const environment = jobEnvironment(region, process.env);
  const engine = await openBatchEngine({
    aws,
    region,
    queues: batchQueues(queues),
    logGroup,
    roles,
    environment,
  });
  return {
    engine,
    planEngine: {
      kind: 'aws-batch',
      queues: mapValues(planned, (queue, name) => ({ ...queue, ...spotOf(spot[name]) })),
      prices,
    },
    ...(configuration.metrics && { metrics: openMetrics({ aws, region }) }),
    identify: images.identify,
    // A run keeps the reference it was launched with, so its reruns cannot start another program.
    imageTrouble: () => undefined,
    missing: images.missing,
    refuse: async ({ images: used, queues: needed }) =>
      images.refuse(used) ?? (await closedQueue({ aws, region }, needed)),
    preflight: async (grids, probe) =>
      (await import('./preflight-of.ts')).preflightOf(
        { ...options, environment, lackOf: images.lackOf },
        grids,
        probe,
      ),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** As the engine knows them. */
export const batchQueues = (queues: Configuration['queues']): readonly BatchQueue[] =>
  Object.entries(queues).map(([name, { arn, scratch }]) => ({
    ...{ name, arn },
    ...(scratch !== undefined && { scratch }),
  }));

const spotOf = (spot: SpotShare | undefined) => (spot === undefined ? {} : { spot });

const mapValues = <From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From, name: string) => To,
): Readonly<Record<string, To>> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));

function plannedQueue(queue: Configuration['queues'][string]): Queue {
  const { arn, architecture, capacity, instances, max_vcpus } = queue;
  return {
    ...{ arn, architecture, capacity },
    ...(instances !== undefined && { instanceTypes: instances }),
    ...(max_vcpus !== undefined && { maxVcpus: max_vcpus }),
  };
}

/**
 * What the worker's clients need beside the credentials of the job role: the region, and the address of a store that
 * is not AWS's own. The region alone goes into every job, so that runs of one account share job definitions.
 */
function jobEnvironment(
  region: string,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const endpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
  return {
    AWS_REGION: region,
    ...(endpoint !== undefined && endpoint !== '' && { AWS_ENDPOINT_URL_S3: endpoint }),
  };
}

/** A queue that takes no jobs is told before anything is written. */
async function closedQueue(
  place: Pick<BatchPlaceOptions, 'aws' | 'region'>,
  queues: readonly string[],
): Promise<Refusal | undefined> {
  const clients = await openClients(place);
  for (const queue of queues) {
    const state = await lookAtQueue(clients, place.region, queue);
    if (!state.ready) return { message: state.reason, fix: state.fix };
  }
  return undefined;
}
