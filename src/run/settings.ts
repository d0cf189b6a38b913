/** What `muster.yaml` decides for the verbs. */
export interface Settings {
  readonly money: {
    readonly runUsd?: number;
    readonly monthUsd?: number;
    readonly approvalAboveUsd?: number;
    readonly ceilingUsd?: number;
  };
  /** Seconds between two watch steps. */
  readonly watchSeconds: number;
}

/** Requests to the store that a verb has in flight at once: each takes 10-30 ms on S3. */
export const storeWidth = 32;
