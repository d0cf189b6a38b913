import { ConfigurationError, RemoteError } from '../errors.ts';
import { explainFault, type FaultPlace } from './explain-fault.ts';
import { type AwsFault, isNetworkFault, readFault } from './fault.ts';
import { credentialNames, deniedNames, expiredNames, skewNames, throttlingNames } from './fault-names.ts';
import { missingProfile } from './profile.ts';

/**
 * An error of the SDK in words, with what to do next, the request id and the cause. Where nothing was asked of AWS (no
 * credentials) a `ConfigurationError`; what is neither AWS's nor the network's comes back as it is: it is a bug.
 * @param service as the SDK calls it: `S3`, `Batch`, `CloudWatchLogs`.
 * @param operation `PutObject`; with a remark behind a space where the rights differ (`PutObject if-match`).
 */
export function awsError(service: string, operation: string, error: unknown, at: FaultPlace = {}): Error {
  if (error instanceof RemoteError || error instanceof ConfigurationError) return error;
  const fault = readFault(error);
  if (fault.name === 'CredentialsProviderError' || fault.name === 'TokenProviderError') {
    return noCredentials(fault, error);
  }
  if (!fault.remote) return error instanceof Error ? error : new Error(String(error), { cause: error });
  const [plain = operation] = operation.split(' ');
  const { requestId } = fault;
  const what = at.resource === undefined ? '' : ` ${at.resource}`;
  const trace = requestId === undefined ? '' : ` (request id ${requestId})`;
  return new RemoteError(
    {
      ...{ service, operation: plain, denied: lacksRight(fault) },
      ...(requestId === undefined ? {} : { requestId }),
    },
    `${service}: ${plain}${what}: ${explainFault(fault, { ...at, service, operation, error })}${trace}`,
    { cause: error },
  );
}

/** Credentials and clocks are mended without anybody granting anything. */
function lacksRight({ name, status }: AwsFault): boolean {
  if ([credentialNames, expiredNames, skewNames].some((names) => names.has(name))) return false;
  return status === 403 || deniedNames.has(name);
}

/** AWS asked for fewer calls: nothing was done, the call may be repeated later. */
export function isThrottling(error: unknown): boolean {
  return throttled(faultBehind(error));
}

/** Nothing was done and nothing will be until a person mends rights, credentials or a clock. */
export function isRefused(error: unknown): boolean {
  const fault = faultBehind(error);
  return (
    fault.status === 401 ||
    fault.status === 403 ||
    fault.name === 'TokenProviderError' ||
    [credentialNames, deniedNames, expiredNames, skewNames].some((names) => names.has(fault.name))
  );
}

/** Nobody knows whether it was done: no answer, an unreadable one, or one of the server's own trouble. */
export function isAmbiguous(error: unknown): boolean {
  const fault = faultBehind(error);
  if (throttled(fault) || isRefused(error)) return false;
  const { status } = fault;
  return (
    isNetworkFault(fault) || !fault.readable || (status !== undefined && (status >= 500 || status < 300))
  );
}

const throttled = ({ name, status }: AwsFault) => status === 429 || throttlingNames.has(name);

/** What an error of the SDK tells, also behind our own words. */
export const faultBehind = (error: unknown): AwsFault => readFault(origin(error));

const origin = (error: unknown) =>
  error instanceof RemoteError || error instanceof ConfigurationError ? (error.cause ?? error) : error;

function noCredentials(fault: AwsFault, error: unknown): ConfigurationError {
  const missing = missingProfile();
  return new ConfigurationError(
    {
      file: 'AWS credentials',
      message:
        missing === undefined
          ? `there are none that can be used: ${fault.message}`
          : `AWS_PROFILE names the profile \`${missing}\`, and there is no such profile`,
      fix:
        missing === undefined ? logIn : `Name one of \`aws configure list-profiles\`, or unset AWS_PROFILE.`,
    },
    { cause: error },
  );
}

const logIn =
  'Log in (`aws sso login`, `aws login`) or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. In a workflow: add the step that assumes the role. Inside a job: give the job definition a job role.';
