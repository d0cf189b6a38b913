import type { InstanceRecord } from '../results/fragment.ts';

/**
 * Which machine this is, from the metadata service of EC2 (IMDSv2), for the exact cost. Only where the environment
 * says that AWS Batch started us (AB 2.2): elsewhere the address may be anybody's. What cannot be learned soon is done
 * without: containers may be kept from the service by its hop limit.
 */
export async function instanceOf(
  environment: Readonly<Record<string, string | undefined>>,
  { address = metadataAddress, milliseconds = 1000 }: MetadataSource = {},
): Promise<InstanceRecord | undefined> {
  if (environment.AWS_BATCH_CE_NAME === undefined) return undefined;
  const signal = AbortSignal.timeout(milliseconds);
  const token = await text(`${address}/latest/api/token`, signal, {
    method: 'PUT',
    headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60' },
  });
  if (token === undefined) return undefined;
  const headers = { 'X-aws-ec2-metadata-token': token };
  const [type, zone, lifeCycle] = await Promise.all(
    paths.map((path) => text(`${address}/latest/meta-data/${path}`, signal, { headers })),
  );
  if (type === undefined || !/^[a-z0-9-]+\.[a-z0-9-]+$/.test(type)) return undefined;
  const capacity = lifeCycle === 'spot' || lifeCycle === 'on-demand' ? lifeCycle : undefined;
  return {
    type,
    ...(zone === undefined ? {} : { zone }),
    ...(capacity === undefined ? {} : { capacity }),
  };
}

interface MetadataSource {
  readonly address?: string;
  /** For all requests together. */
  readonly milliseconds?: number;
}

const metadataAddress = 'http://169.254.169.254';

/** Names from memory, like the whole protocol: nobody here has an instance to ask [MEM]. */
const paths = ['instance-type', 'placement/availability-zone', 'instance-life-cycle'] as const;

async function text(url: string, signal: AbortSignal, init: RequestInit): Promise<string | undefined> {
  try {
    const response = await fetch(url, { ...init, signal });
    return response.ok ? (await response.text()).trim() : undefined;
  } catch {
    return undefined; // nobody there, or too slow
  }
}
