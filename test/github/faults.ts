import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Reply } from './call.ts';
import type { Raw } from './http.ts';

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

/** Sees a request as it comes. */
export type Watcher = (call: Call) => void;
/** Makes of an answer what GitHub would have said where the emulator says something else. */
export type Change = (call: Call, body: object) => object;

/** All that a test does to requests on their way. */
export interface Faults {
  add(fault: Fault): void;
  addWatcher(look: Watcher): void;
  addDelay(on: RegExp, milliseconds: number): void;
  addChange(on: RegExp, to: Change): void;
  before(call: Call, request: string): Promise<void>;
  change(call: Call, request: string, reply: Reply | Raw): Reply | Raw;
  take(request: string): Fault | undefined;
}

export function openFaults(): Faults {
  const faults: { fault: Fault; left: number; passing: number }[] = [];
  const watchers: Watcher[] = [];
  const delays: { readonly on: RegExp; readonly milliseconds: number }[] = [];
  const changes: { readonly on: RegExp; readonly to: Change }[] = [];
  return {
    addWatcher: (look) => void watchers.push(look),
    addDelay: (on, milliseconds) => void delays.push({ on, milliseconds }),
    addChange: (on, to) => void changes.push({ on, to }),
    async before(call, request) {
      for (const look of watchers) look(call);
      const delay = delays.find(({ on }) => on.test(request));
      if (delay !== undefined) await sleep(delay.milliseconds);
    },
    change(call, request, reply) {
      const change = reply.status < 300 ? changes.find(({ on }) => on.test(request)) : undefined;
      if (change === undefined) return reply;
      const body: unknown = 'bytes' in reply ? JSON.parse(reply.bytes.toString()) : reply.body;
      return { status: reply.status, body: change.to(call, Object(body)) };
    },
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
