import { credentialSource } from '../image/credentials.ts';
import { openRegistry } from '../image/registry.ts';
import type { Lack } from '../image/resolve.ts';
import { pricesFor } from '../money/prices.ts';
import { preflight } from '../preflight/preflight.ts';
import type { PreflightReport } from '../preflight/report.ts';
import { definitionFacts } from '../preflight/surroundings/definition.ts';
import { otherImages } from '../preflight/surroundings/other-image.ts';
import { type PlannedGrid, wantedOf } from '../preflight/wanted-of.ts';
import { type BatchPlaceOptions, batchQueues } from './batch-place.ts';

interface PreflightPlace extends BatchPlaceOptions {
  /** Of every job. */
  readonly environment: Readonly<Record<string, string>>;
  /** Why an image has no reference. */
  readonly lackOf: (image: string) => Lack | undefined;
}

/** The preflight of an account that `muster.yaml` describes. @param probe whether the bucket may be written to */
export function preflightOf(
  { root, configuration, region, store, aws, environment, lackOf }: PreflightPlace,
  grids: readonly PlannedGrid[],
  probe: boolean,
): Promise<PreflightReport> {
  const { queues, log_group: logGroup, roles } = configuration;
  const settings = { region, queues: batchQueues(queues), logGroup, roles, environment };
  return preflight({
    ...{ aws, region, probe },
    wanted: wantedOf({ ...configuration, store, root, lackOf }, grids),
    grids: grids.map(({ plan }) => plan.path),
    definitions: grids.flatMap(({ plan, requests }) =>
      requests.map((request) => definitionFacts(settings, { grid: plan.path, ...request })),
    ),
    money: grids.flatMap(({ plan, refused }) =>
      refused === undefined ? [] : [{ grid: plan.path, refused }],
    ),
    prices: pricesFor(region),
    readOther: otherImages(openRegistry(credentialSource({ ...aws, region }))),
  });
}
