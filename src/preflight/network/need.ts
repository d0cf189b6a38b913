import type { Unknown } from '../../aws/answer.ts';

/** What one compute environment asks of the network. */
export interface NetworkNeed {
  /** Name of the compute environment. */
  readonly environment: string;
  /** Of allocation, which decides how the environment can be changed; absent: nobody knows. */
  readonly strategy?: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  /** What the launch template says; absent: the subnet decides. */
  readonly publicAddress?: boolean;
  /** A launch template that nobody may read: whether it gives public addresses, or security groups, is not known. */
  readonly unread?: Unknown;
  /** At once, worst case, over all subnets of the environment. */
  readonly instances: number;
  /** It has instances already, which hold addresses. */
  readonly running?: boolean;
  /** Jobs write to CloudWatch Logs. */
  readonly logs: boolean;
  /** Where the images of its slices come from; absent: nobody knows what will run. */
  readonly images?: {
    /** Some are in ECR of the region, or will be. */
    readonly ecr: boolean;
    /** Registries other than that, with the names of images. */
    readonly elsewhere: readonly { readonly image: string; readonly registry: string }[];
  };
}

/** Why nobody knows whether instances get a public address; `undefined`: it is known. */
export const addressUnknown = ({ unread, publicAddress }: NetworkNeed): Unknown | undefined =>
  publicAddress === undefined ? unread : undefined;
