import { Refusal } from './refusal.ts';

export interface Call {
  /** As the client is called: `Batch`, `CloudWatchLogs`. */
  readonly service: string;
  /** `SubmitJob`. */
  readonly operation: string;
  /** Of this operation, from 1. */
  readonly number: number;
}

/** What goes wrong between the caller and Batch. */
export type Fault =
  /** 429: nothing was done. */
  | 'throttle'
  /** The connection breaks before anything was done. */
  | 'lost-request'
  /** The connection breaks after all was done. */
  | 'lost-answer'
  /** 500, before anything was done. */
  | 'error'
  /** 500, after all was done. */
  | 'error-after'
  /** AccessDeniedException, naming the action. */
  | 'denied'
  | 'expired'
  /** Seconds, by the timeline, before Batch takes notice. */
  | { readonly slow: number };

export type Faults = (call: Call) => Fault | undefined;

/** How a fault shows to the caller; `undefined` where it only delays. */
export function shown(fault: Fault, { service, operation }: Call): Error | undefined {
  switch (fault) {
    // AB 3: neither is in the model of Batch, both come by name.
    case 'throttle':
      return service === 'Batch'
        ? new Refusal('TooManyRequestsException', 429, 'Too Many Requests')
        : new Refusal('ThrottlingException', 400, 'Rate exceeded');
    case 'denied': {
      const action = `${service === 'Batch' ? 'batch' : 'logs'}:${operation}`;
      return new Refusal(
        'AccessDeniedException',
        403,
        `User: arn:aws:sts::123456789012:assumed-role/launch/session is not authorized to perform: ${action}`,
      );
    }
    case 'expired':
      return new Refusal(
        'ExpiredTokenException',
        403,
        'The security token included in the request is expired',
      );
    case 'error':
    case 'error-after':
      return new Refusal('ServerException', 500, 'Internal server error');
    case 'lost-request':
    case 'lost-answer':
      return new LostConnection();
    default:
      return undefined;
  }
}

/** As the SDK's handler for Node tells it. */
export class LostConnection extends Error {
  readonly code = 'ECONNRESET';

  constructor() {
    super('socket hang up');
    this.name = 'TimeoutError';
  }
}

export function isDone(fault: Fault): boolean {
  return fault === 'lost-answer' || fault === 'error-after';
}
