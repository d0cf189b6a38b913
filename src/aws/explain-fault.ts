import { actionsFor } from './actions.ts';
import { type AwsFault, fieldOf, isNetworkFault } from './fault.ts';
import {
  credentialNames,
  deniedNames,
  expiredNames,
  maySkewNames,
  redirectNames,
  skewNames,
  throttlingNames,
} from './fault-names.ts';

/** What the caller knows about the place of a fault. */
export interface FaultPlace {
  /** Name or URL of the bucket, object, queue, ... */
  readonly resource?: string;
  /** The region that was asked. */
  readonly region?: string;
  /** An address that is not AWS's own. */
  readonly endpoint?: string;
}

interface Call extends FaultPlace {
  readonly service: string;
  readonly operation: string;
  readonly error: unknown;
}

/** Says what happened and what to do next. Decides by names, status and headers, never by texts. */
export function explainFault(fault: AwsFault, call: Call): string {
  const { name, status } = fault;
  if (isNetworkFault(fault)) return unreachable(fault, call);
  if (!fault.readable && status !== undefined && status < 500) {
    return `the answer (HTTP ${status}) is none of AWS's. A proxy, a firewall or the endpoint's address is in the way`;
  }
  const minutes = maySkewNames.has(name) ? minutesBetween(fault) : undefined;
  if (minutes !== undefined || skewNames.has(name)) return wrongClock(minutes);
  if (expiredNames.has(name)) {
    return 'the credentials have expired. Log in again (`aws sso login`) and repeat the command; nothing is lost';
  }
  if (credentialNames.has(name)) return unknownKey(fault);
  const elsewhere = bucketRegion(fault, call);
  if (elsewhere !== undefined) return elsewhere;
  if (name === 'NoSuchBucket') {
    return 'there is no such bucket. Check the name in the store URL, or create it with `aws s3 mb`';
  }
  if (status === 429 || throttlingNames.has(name)) {
    return 'AWS asked again and again for fewer requests. Repeat the command in a few minutes; nothing is lost';
  }
  if (status === 401 || status === 403 || deniedNames.has(name)) return denied(fault, call);
  if (name === 'ConditionalRequestConflict') {
    return 'others write the same object all the time. Repeat the command in a minute; nothing was written';
  }
  if (call.service === 'S3' && status === 404 && fault.requestId === undefined) return noService(call);
  if (status !== undefined && status >= 500) {
    return `the service has trouble (HTTP ${status}, ${name}), ${times(fault)}. Repeat the command in a few minutes`;
  }
  return `${fault.message} (${name}${status === undefined ? '' : `, HTTP ${status}`})`;
}

function unreachable(fault: AwsFault, { endpoint }: Call): string {
  const why = fault.code ?? fault.name;
  const address = endpoint === undefined ? "the region's name" : `the address ${endpoint}`;
  return `no answer (${why}: ${fault.message}), ${times(fault)}. Check the network and ${address}, then repeat the command`;
}

/** S3 and what speaks its protocol give each answer an id, and name what is not there. */
function noService({ endpoint }: Call): string {
  const what = endpoint === undefined ? 'what answers' : `what answers at ${endpoint}`;
  return `${what} is not S3: it says HTTP 404 and no more. Check the address in AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL`;
}

const times = ({ attempts }: AwsFault) => (attempts === 1 ? 'asked once' : `asked ${attempts} times`);

/** Minutes that our clock is ahead of the service's; undefined below 4, which AWS tolerates (its limit is 5 to 15). */
function minutesBetween({ headers }: AwsFault): number | undefined {
  const theirs = Date.parse(headers.date ?? '');
  const minutes = Math.round((Date.now() - theirs) / 60_000);
  return Number.isNaN(theirs) || Math.abs(minutes) < 4 ? undefined : minutes;
}

function wrongClock(minutes: number | undefined): string {
  const apart =
    minutes === undefined
      ? 'differs too much from that of AWS'
      : `is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead of' : 'behind'} that of AWS`;
  return `the clock of this machine ${apart}, so the signature is not accepted. Set the clock (\`timedatectl set-ntp true\`) and repeat the command`;
}

function unknownKey({ name }: AwsFault): string {
  return `AWS does not accept the credentials (${name}): the key is unknown, deactivated or mistyped. Check which ones are used with \`aws sts get-caller-identity\``;
}

function denied({ name, message }: AwsFault, call: Call): string {
  const actions = actionsFor(call.service, call.operation).join(', ');
  const where = call.resource === undefined ? '' : ` on ${call.resource}${patternOf(call.resource)}`;
  // On a line of its own: it says the same once more, with ARNs of the caller and of what was asked for.
  const said = message === '' || message === name ? '' : `\n  AWS says: "${message}"`;
  return `not allowed (${name}). The role needs ${actions}${where}.${missingKeyHint(call)}${said}`;
}

/** What a policy has to name, for objects that containers write: one right for all runs (design, section 14). */
function patternOf(resource: string): string {
  const [, place, kind = ''] =
    /^s3:\/\/(.*?)runs\/[^/]+\/(outputs|rounds\/\d+\/fragments)\//.exec(resource) ?? [];
  if (place === undefined) return '';
  return ` (in a policy: arn:aws:s3:::${place}runs/*/${kind.replace(/\d+/, '*')}/*)`;
}

/** AB 7.4. */
function missingKeyHint({ service, operation }: Call): string {
  if (service !== 'S3' || !['GetObject', 'HeadObject'].includes(operation)) return '';
  return ' Without s3:ListBucket on the bucket S3 answers so for an object that does not exist, too: grant both';
}

/** Both regions, when a bucket is not where it was asked for. */
function bucketRegion(fault: AwsFault, call: Call): string | undefined {
  if (call.service !== 'S3') return undefined;
  const told = fault.headers['x-amz-bucket-region'] ?? fieldOf(call.error, 'Region');
  const theirs = typeof told === 'string' && told !== call.region ? told : undefined;
  const redirected = [301, 307].includes(fault.status ?? 0) || redirectNames.has(fault.name);
  if (!redirected && !(fault.status === 400 && theirs !== undefined)) return undefined;
  const asked = call.region === undefined ? 'another region was asked' : `${call.region} was asked`;
  return theirs === undefined
    ? `the bucket is in another region (${asked}). Find it with \`aws s3api get-bucket-location\` and write it as \`region\` in muster.yaml, or set AWS_REGION`
    : `the bucket is in ${theirs}, but ${asked}. Jobs should run where their data are: use a bucket and queues of the same region. Without queues in muster.yaml, write \`region: ${theirs}\` there or set AWS_REGION=${theirs}; with queues, theirs decides`;
}
