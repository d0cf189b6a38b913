import { RemoteError } from '../../errors.ts';
import { limitOf, type Refusal } from './limits.ts';
import { permissionOf } from './permissions.ts';

/** Where a request was refused, for words that say what to do. */
export interface RefusedAt {
  /** After "cannot": `open a pull request`. */
  readonly doing: string;
  /** `POST /repos/{owner}/{repo}/pulls`. */
  readonly route: string;
  readonly repository: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
  /** The token belongs to a pull request from a fork, which may only read (GH 4.1). */
  readonly readOnly: boolean;
  /** The repository takes no changes any more. */
  readonly archived: boolean;
}

/** What GitHub refused, in words; the cause keeps what it said. */
export function refusalError(at: RefusedAt, refusal: Refusal, cause: unknown): RemoteError {
  const id = refusal.headers['x-github-request-id'];
  const trace = id === undefined ? '' : `, request id ${id}`;
  const status = refusal.status === undefined ? 'no answer' : `status ${refusal.status}`;
  return new RemoteError(
    {
      service: 'GitHub',
      operation: at.doing,
      denied: refusal.status === 403 && limitOf(refusal) === undefined,
      ...(id !== undefined && { requestId: String(id) }),
    },
    `GitHub: cannot ${at.doing} in ${at.repository}: ${explain(at, refusal)} (${status}${trace})`,
    { cause },
  );
}

function explain(at: RefusedAt, refusal: Refusal): string {
  const { status } = refusal;
  const limit = limitOf(refusal);
  if (limit !== undefined) return explainLimit(limit, refusal);
  if (status === undefined) return `${at.apiUrl} gave no answer: ${refusal.message}. Repeat the command`;
  if (status === 401) {
    return 'the token is not valid, or no longer: that of a job ends with it. Set GITHUB_TOKEN to one that is';
  }
  if (status === 403) return explainForbidden(at, refusal);
  if (status === 404) {
    return `it is not there, or the token may not see it. If ${at.repository} is private, give the token access to it`;
  }
  if (status >= 500) return `GitHub has trouble: ${refusal.message}. Nothing is lost: repeat the command`;
  return `GitHub says: ${refusal.message}`;
}

function explainForbidden(at: RefusedAt, { headers, message }: Refusal): string {
  if (at.archived)
    return 'the repository is archived, so nothing in it can change. Its owner can unarchive it';
  if (forbidsPullRequests(message)) {
    const settings = `${at.serverUrl}/${at.repository}/settings/actions`;
    return `this repository does not let workflows open pull requests. Switch on "Allow GitHub Actions to create and approve pull requests" in Settings > Actions > General (${settings}). If it cannot be switched on, the organization forbids it: ask its owner, or use the token of a GitHub App`;
  }
  if (at.readOnly) {
    return 'the token of a pull request from a fork can only read. What it was to show is in the summary of the job';
  }
  const accepted = headers['x-accepted-github-permissions'];
  const permission = permissionOf(at.route, accepted === undefined ? undefined : String(accepted));
  const needs = permission === undefined ? 'a permission' : `\`${permission}\``;
  return `the token lacks ${needs}: add it to \`permissions:\` of the job, or to the GitHub App or personal token. GitHub says: ${message}`;
}

/** [ISS] GitHub offers nothing but this text (GH 3.7). */
const forbidsPullRequests = (message: string) =>
  /not permitted to create or approve pull requests/i.test(message);

function explainLimit(limit: 'rate limit' | 'secondary rate limit', { headers }: Refusal): string {
  const reset = Number(headers['x-ratelimit-reset']);
  const until =
    limit === 'rate limit' && Number.isFinite(reset)
      ? ` until ${new Date(reset * 1000).toISOString().slice(11, 16)} UTC`
      : '';
  return `the ${limit} of the token is used up${until}, which is longer than this command waits. Repeat it later: it goes on where it stopped`;
}
