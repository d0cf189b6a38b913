/** How long the engine waits for what; all in milliseconds. */
export interface Patience {
  /** Between SIGTERM and SIGKILL: 30 s as on Batch (AB 2.8). */
  readonly grace: number;
  /** For the workers of a dead engine to notice. */
  readonly lifeline: number;
  /** Before the second attempt of a child; doubles with each. */
  readonly retry: number;
  readonly longestRetry: number;
  /** Between looks at the table for what other processes ask. */
  readonly poll: number;
}

export const defaultPatience: Patience = {
  grace: 30_000,
  lifeline: 10_000,
  retry: 1_000,
  longestRetry: 30_000,
  poll: 250,
};
