import { type Answer, answerOf } from '../aws/answer.ts';
import { fieldOf } from '../aws/fault.ts';
import { awsError } from '../aws/remote-error.ts';
import { type AwsSettings, clientConfig, persistent, watched } from '../aws/settings.ts';
import { ConfigurationError, describeProblem, RemoteError } from '../errors.ts';
import { gatherIdentity, type IdentityFacts } from '../preflight/surroundings/identity.ts';
import type { Decided } from '../run/decide.ts';
import { openStore } from '../store/open.ts';

/** What AWS says of whoever types commands here. */
export interface AccountFacts {
  readonly region?: Decided<string>;
  /** Where the credentials come from, in words; unknown: why there are none. */
  readonly source: Answer<string>;
  /** Absent: there is nobody to ask for. */
  readonly identity?: IdentityFacts;
}

export async function gatherAccount(
  aws: AwsSettings,
  region: Decided<string> | undefined,
): Promise<AccountFacts> {
  // Any region: nothing is asked of it before the credentials are there, and then only with the right one.
  const settings = { ...aws, region: region?.value ?? 'us-east-1' };
  const { STS } = await import('@aws-sdk/client-sts');
  const sts = watched(new STS(clientConfig(settings, persistent)), settings);
  const source = await sourceOf(() => sts.config.credentials());
  const known = region === undefined ? {} : { region };
  if (!source.known) return { ...known, source };
  return { ...known, source, identity: await gatherIdentity({ sts }, region?.value) };
}

/** Our own error in place of the SDK's names the profile that is missing. */
async function sourceOf(credentials: () => Promise<object>): Promise<Answer<string>> {
  const action = 'sts:GetCallerIdentity';
  try {
    return { known: true, value: describeSource(await credentials()) };
  } catch (error) {
    const told = awsError('STS', 'GetCallerIdentity', error);
    if (told instanceof ConfigurationError) {
      return { known: false, action, why: told.problems.map(describeProblem).join(' ') };
    }
    if (told instanceof RemoteError) return { known: false, action, why: told.message };
    throw told;
  }
}

/** What the SDK notes on credentials, for its own statistics [MEM]; whatever is not known here has no name. */
const sources: ReadonlyMap<string, string> = new Map([
  ['CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN', 'a web identity token'],
  ['CREDENTIALS_STS_ASSUME_ROLE_WEB_ID', 'a web identity token'],
  ['CREDENTIALS_ENV_VARS', 'AWS_ACCESS_KEY_ID of the environment'],
  ['CREDENTIALS_PROFILE_SSO', 'single sign-on'],
  ['CREDENTIALS_PROFILE_PROCESS', 'a program that the profile names'],
  ['CREDENTIALS_HTTP', 'the container'],
  ['CREDENTIALS_IMDS', 'the instance'],
  ['CREDENTIALS_PROFILE', 'the profile'],
]);

export function describeSource(credentials: object): string {
  const noted = fieldOf(credentials, '$source');
  const names = typeof noted === 'object' && noted !== null ? Object.keys(noted) : [];
  const known = [...sources].find(([name]) => names.includes(name))?.[1];
  return known ?? 'the AWS SDK';
}

export interface StoreFacts {
  readonly url: string;
  /** Where the URL was written. */
  readonly from: string;
  /** Whether a listing could be begun; unknown: why not. */
  readonly listing: Answer<true>;
}

export async function gatherStore(url: string, from: string, aws: AwsSettings): Promise<StoreFacts> {
  const action = url.startsWith('s3://') ? 's3:ListBucket' : 'list';
  try {
    const store = await openStore(url, from, aws);
    const listing = await answerOf(action, async () => {
      for await (const _ of store.list('active/')) break;
      return true as const;
    });
    return { url, from, listing };
  } catch (error) {
    const isTold = error instanceof ConfigurationError || error instanceof RemoteError;
    if (!isTold) throw error;
    return { url, from, listing: { known: false, action, why: error.message } };
  }
}
