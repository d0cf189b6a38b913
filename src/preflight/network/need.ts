/** What one compute environment asks of the network. */
export interface NetworkNeed {
  /** Name of the compute environment. */
  readonly environment: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  /** What the launch template says; absent: the subnet decides. */
  readonly publicAddress?: boolean;
  /** At once, worst case, over all subnets of the environment. */
  readonly instances: number;
  /** It has instances already, which hold addresses. */
  readonly running?: boolean;
  /** Jobs write to CloudWatch Logs. */
  readonly logs: boolean;
}
