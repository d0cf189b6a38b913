import { errorCode } from '../files/faults.ts';

/** What an error of the SDK tells, read defensively: errors of every service and of the network look different. */
export interface AwsFault {
  readonly name: string;
  /** HTTP status; absent when no answer came. */
  readonly status?: number;
  /** Of the operating system (`ECONNRESET`), when the network failed. */
  readonly code?: string;
  readonly message: string;
  readonly requestId?: string;
  /** HTTP requests sent; more than one: an earlier one may have been carried out. */
  readonly attempts: number;
  /** Headers of the answer, lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** False: what answered was no AWS service, or its answer was cut; the SDK could not read it. */
  readonly readable: boolean;
  /** Whether a service (or something in its place) answered, or the SDK or the network gave up: no bug of ours. */
  readonly remote: boolean;
}

/** Names that the SDK gives to errors of its own, without an answer. */
const ownNames: ReadonlySet<string> = new Set([
  'AbortError',
  'CredentialsProviderError',
  'TimeoutError',
  'TokenProviderError',
]);
const networkCodes: ReadonlySet<string> = new Set([
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EPROTO'],
]);

export function readFault(error: unknown): AwsFault {
  const { $metadata, $response, $fault } = partsOf(error);
  const code = errorCode(error);
  const name = error instanceof Error ? error.name : 'Error';
  const status = numberIn($metadata, 'httpStatusCode') ?? numberIn($response, 'statusCode');
  const headers = headersOf($response);
  const requestId =
    textIn($metadata, 'requestId') ?? headers['x-amzn-requestid'] ?? headers['x-amz-request-id'];
  return {
    name,
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    message: error instanceof Error ? error.message : String(error),
    ...(requestId === undefined ? {} : { requestId }),
    attempts: numberIn($metadata, 'attempts') ?? 1,
    headers,
    // Set on whatever the SDK has read as an error of the service.
    readable: status === undefined || $fault !== undefined,
    remote:
      $fault !== undefined || status !== undefined || ownNames.has(name) || networkCodes.has(code ?? ''),
  };
}

/** No answer came, or not from the service: the network, a time limit. */
export const isNetworkFault = ({ name, code }: AwsFault) =>
  name === 'TimeoutError' || name === 'AbortError' || networkCodes.has(code ?? '');

function partsOf(error: unknown): {
  readonly $metadata?: unknown;
  readonly $response?: unknown;
  readonly $fault?: unknown;
} {
  return typeof error === 'object' && error !== null ? error : {};
}

function headersOf(response: unknown): Readonly<Record<string, string>> {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return {};
  const { headers } = response;
  if (typeof headers !== 'object' || headers === null) return {};
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function numberIn(from: unknown, key: string): number | undefined {
  const value = fieldOf(from, key);
  return typeof value === 'number' ? value : undefined;
}

function textIn(from: unknown, key: string): string | undefined {
  const value = fieldOf(from, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A field of something unknown. */
export function fieldOf(from: unknown, key: string): unknown {
  return typeof from === 'object' && from !== null
    ? Object.getOwnPropertyDescriptor(from, key)?.value
    : undefined;
}
