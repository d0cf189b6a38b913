import type { AwsSettings } from '../aws/settings.ts';
import type { PriceTable } from '../money/prices.ts';
import { type CountedClients, openCountedClients } from './counted-clients.ts';
import { gatherAll } from './gather.ts';
import { judgeAll } from './judge.ts';
import type { PreflightReport } from './report.ts';
import type { DefinitionFacts } from './surroundings/definition.ts';
import type { ImageSources } from './surroundings/images.ts';
import type { PlannedMoney } from './surroundings/judge-money.ts';
import type { Wanted } from './wanted.ts';

export interface PreflightRequest {
  readonly aws: AwsSettings;
  readonly region: string;
  readonly wanted: Wanted;
  /** Paths, for the title of the report. */
  readonly grids: readonly string[];
  /** Of every class that has something to run. */
  readonly definitions: readonly DefinitionFacts[];
  readonly money: readonly PlannedMoney[];
  readonly prices: PriceTable;
  /** Whether an object may be written to the bucket and deleted again: of those who launch. */
  readonly probe: boolean;
  /** Reads registries other than ECR. */
  readonly readOther?: NonNullable<ImageSources['readOther']>;
  readonly now?: () => Date;
}

/**
 * Looks at everything that decides whether slices will run as asked, and changes nothing. A refused or failed call
 * leaves its checks `notDone` and the others alone. Throws `ConfigurationError` where there are no credentials at all:
 * nothing could be asked then.
 */
export async function preflight(request: PreflightRequest): Promise<PreflightReport> {
  const { aws, region, wanted, grids, now = () => new Date() } = request;
  const at = now();
  const counted: CountedClients = await openCountedClients({ ...aws, region });
  const facts = await gatherAll(counted, { ...request, now: () => now().getTime() });
  const { checks, fits, picture } = judgeAll(facts, request, at);
  return {
    ...{ at: at.toISOString(), region, grids, checks, calls: counted.calls() },
    ...(fits !== undefined && { fits }),
    ...(wanted.queues.length > 0 && picture !== undefined && { picture }),
  };
}
