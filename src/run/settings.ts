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
