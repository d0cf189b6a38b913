import type { Reply } from './call.ts';

/** Trouble that is to happen to the requests of a kind. */
export interface Fault {
  /** Of `POST /pulls`: method and path below the repository. */
  readonly on: RegExp;
  /** How many requests it hits; without end unless said. */
  readonly times?: number;
  /** Requests that pass before. */
  readonly after?: number;
  /** Whether the request is done although its answer is not given. */
  readonly done?: boolean;
  /** `lost`: the connection breaks. */
  readonly reply: Reply | 'lost';
}

export interface Faults {
  add(fault: Fault): void;
  take(request: string): Fault | undefined;
}

export function openFaults(): Faults {
  const faults: { fault: Fault; left: number; passing: number }[] = [];
  return {
    add: (fault) =>
      void faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY, passing: fault.after ?? 0 }),
    take(request) {
      for (const one of faults) {
        if (one.left <= 0 || !one.fault.on.test(request)) continue;
        if (one.passing > 0) {
          one.passing -= 1;
          continue;
        }
        one.left -= 1;
        return one.fault;
      }
      return undefined;
    },
  };
}

/** GitHub's answers to too many requests (GH 2.2). */
export const limits = {
  primary: (resetInSeconds: number): Reply => ({
    status: 403,
    headers: {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + resetInSeconds),
    },
    body: { message: 'API rate limit exceeded for installation ID 77.' },
  }),
  secondary: (retryAfter?: number): Reply => ({
    status: 403,
    ...(retryAfter !== undefined && { headers: { 'retry-after': String(retryAfter) } }),
    body: {
      message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    },
  }),
} as const;
