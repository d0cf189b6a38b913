import { fieldOf, readFault } from './fault.ts';

/** A request that got no answer in time, and is sent again. */
export interface Silence {
  /** As the SDK calls it: `S3`. */
  readonly service: string;
  /** `https://s3.us-east-1.amazonaws.com`. */
  readonly endpoint: string;
  /** The next one, counted from 1. */
  readonly attempt: number;
  readonly attempts: number;
}

/** What to tell people about a request that failed; undefined when it was another fault, or the last attempt. */
export function silenceOf(service: string, request: unknown, error: unknown): Silence | undefined {
  // Other faults of the network come at once, and most are mended by the next attempt.
  if (readFault(error).name !== 'TimeoutError') return undefined;
  // The SDK's own note about its repetitions.
  const note = String(fieldOf(fieldOf(request, 'headers'), 'amz-sdk-request') ?? '');
  const [, failed = '1', attempts = '1'] = /attempt=(\d+); max=(\d+)/.exec(note) ?? [];
  if (Number(failed) >= Number(attempts)) return undefined;
  return {
    service,
    endpoint: endpointOf(request),
    attempt: Number(failed) + 1,
    attempts: Number(attempts),
  };
}

function endpointOf(request: unknown): string {
  const [protocol, hostname, port] = ['protocol', 'hostname', 'port'].map((key) => fieldOf(request, key));
  return `${String(protocol)}//${String(hostname)}${port === undefined ? '' : `:${String(port)}`}`;
}

/** Many requests wait together and give up together: the first of each attempt tells. */
export function onceAnAttempt(tell: (silence: Silence) => void): (silence: Silence) => void {
  const told = new Map<string, number>();
  /** Milliseconds: shorter than one attempt waits, longer than those that wait together are apart. */
  const together = 5000;
  return (silence) => {
    const now = performance.now();
    if (now - (told.get(silence.endpoint) ?? Number.NEGATIVE_INFINITY) < together) return;
    told.set(silence.endpoint, now);
    tell(silence);
  };
}
