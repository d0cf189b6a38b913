import { awsError } from '../aws/remote-error.ts';
import type { AwsSettings } from '../aws/settings.ts';
import { openPreflightClients, type PreflightClients } from './clients.ts';
import type { Check } from './finding.ts';
import { remembering } from './remember.ts';
import type { PreflightReport } from './report.ts';
import { gatherIdentity } from './surroundings/identity.ts';
import { judgeIdentity } from './surroundings/judge-identity.ts';
import type { Wanted } from './wanted.ts';

export interface PreflightRequest {
  readonly aws: AwsSettings;
  readonly region: string;
  readonly wanted: Wanted;
  /** Paths, for the title of the report. */
  readonly grids: readonly string[];
  readonly now?: () => Date;
}

/**
 * Looks at everything that decides whether slices will run as asked, and changes nothing. A refused or failed call
 * leaves its checks `notDone` and the others alone. Throws `ConfigurationError` where there are no credentials at all:
 * nothing could be asked then.
 */
export async function preflight(request: PreflightRequest): Promise<PreflightReport> {
  const { region, wanted, grids, now = () => new Date() } = request;
  const calls = new Map<string, number>();
  const clients = await openClients(request, calls);
  const at = now().toISOString();
  const identity = await gatherIdentity(clients, region, () => now().getTime());
  const checks: readonly Check[] = judgeIdentity(identity, wanted.queues);
  return { at, region, grids, checks, calls: Object.fromEntries([...calls].toSorted()) };
}

/** Clients that remember what they were told and count what they sent. */
async function openClients(
  { aws, region }: PreflightRequest,
  calls: Map<string, number>,
): Promise<PreflightClients> {
  const onRequest = (service: string, operation: string) => {
    const call = `${service}:${operation}`;
    calls.set(call, (calls.get(call) ?? 0) + 1);
    aws.onRequest?.(service, operation);
  };
  const clients = await openPreflightClients({ ...aws, region, onRequest });
  for (const client of [clients.batch, clients.ec2, clients.ecr, clients.iam]) remembering(client);
  for (const client of [clients.logs, clients.quotas]) remembering(client);
  await requireCredentials(clients);
  return clients;
}

/** Without any, every call would fail for the same reason: that is told once. */
async function requireCredentials({ sts }: PreflightClients): Promise<void> {
  try {
    await sts.config.credentials();
  } catch (error) {
    throw awsError('STS', 'GetCallerIdentity', error);
  }
}
