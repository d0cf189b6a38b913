import type { ECR } from '@aws-sdk/client-ecr';
import { awsError } from '../aws/remote-error.ts';
import { type AwsSettings, clientConfig, watched } from '../aws/settings.ts';
import { impatient, openPreflightClients, type PreflightClients } from './clients.ts';
import { remembering } from './remember.ts';

/** Clients that remember what they were told and count what they send. */
export interface CountedClients {
  readonly clients: PreflightClients;
  /** ECR of another region. */
  readonly ecrIn: (region: string) => Promise<ECR>;
  /** Requests so far, by `service:operation`, sorted. */
  readonly calls: () => Readonly<Record<string, number>>;
}

/** Throws `ConfigurationError` where there are no credentials: every call would fail, and that is told once. */
export async function openCountedClients(aws: AwsSettings): Promise<CountedClients> {
  const sent = new Map<string, number>();
  const settings: AwsSettings = {
    ...aws,
    onRequest: (service, operation) => {
      const call = `${service}:${operation}`;
      sent.set(call, (sent.get(call) ?? 0) + 1);
      aws.onRequest?.(service, operation);
    },
  };
  const clients = await openPreflightClients(settings);
  const { batch, ec2, ecr, iam, logs, quotas } = clients;
  for (const client of [batch, ec2, ecr, iam, logs, quotas]) remembering(client);
  await requireCredentials(clients);
  return {
    clients,
    ecrIn: async (region) => {
      const { ECR } = await import('@aws-sdk/client-ecr');
      const elsewhere = { ...settings, region };
      return remembering(watched(new ECR(clientConfig(elsewhere, impatient)), elsewhere));
    },
    calls: () => Object.fromEntries([...sent].toSorted(([one], [other]) => (one < other ? -1 : 1))),
  };
}

async function requireCredentials({ sts }: PreflightClients): Promise<void> {
  try {
    await sts.config.credentials();
  } catch (error) {
    throw awsError('STS', 'GetCallerIdentity', error);
  }
}
