/**
 * Which refusals of GitHub pass by themselves, and how long to wait (GH 2.2). Octokit's own plugins for this judge by the
 * text of the message, space all writes by a second and retry what no repetition mends; this reads status and headers.
 */

/** What an answer tells; `status` is `undefined` when there was none. */
export interface Refusal {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly message: string;
}

export interface Wait {
  readonly why: 'rate limit' | 'secondary rate limit' | 'trouble';
  readonly seconds: number;
}

/** Waits for GitHub's own trouble; a job of the small runner lives 12 minutes, so it is not waited out for long. */
const troubleSeconds = [1, 3, 9] as const;
/** Tries after a limit: each waits as long as GitHub asks. */
const limitTries = 5;

/**
 * How long to wait before the same request again; `undefined` when that would not help.
 * @param attempt of the refused request, from 0.
 * @param now in milliseconds.
 */
export function decideWait(refusal: Refusal, attempt: number, now: number): Wait | undefined {
  const limited = attempt < limitTries ? limitOf(refusal) : undefined;
  if (limited === 'rate limit') {
    const reset = Number(refusal.headers['x-ratelimit-reset']);
    const seconds = Number.isFinite(reset) ? Math.ceil(reset - now / 1000) + 1 : 60;
    return { why: limited, seconds: Math.max(seconds, 1) };
  }
  if (limited === 'secondary rate limit') {
    const asked = Number(refusal.headers['retry-after']);
    // "At least 60 s, then exponential" where GitHub names no time (GH 2.2).
    return { why: limited, seconds: asked > 0 ? asked : 60 * 2 ** attempt };
  }
  const seconds = troubleSeconds[attempt];
  const trouble = refusal.status === undefined || refusal.status >= 500;
  return trouble && seconds !== undefined ? { why: 'trouble', seconds } : undefined;
}

/** Which limit refused a request, if one did. */
export function limitOf(refusal: Refusal): 'rate limit' | 'secondary rate limit' | undefined {
  const { status, headers } = refusal;
  if (status !== 403 && status !== 429) return undefined;
  if (headers['retry-after'] !== undefined) return 'secondary rate limit';
  if (String(headers['x-ratelimit-remaining']) === '0') return 'rate limit';
  return status === 429 || namesSecondaryLimit(refusal.message) ? 'secondary rate limit' : undefined;
}

/** [MEM] Some secondary limits come as a plain 403 whose only sign is this text. */
const namesSecondaryLimit = (message: string) => /secondary rate limit/i.test(message);
