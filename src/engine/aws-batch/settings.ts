import type { AwsSettings } from '../../aws/settings.ts';

/** What the engine knows of the account: from `muster.yaml`. */
export interface BatchSettings {
  readonly aws: AwsSettings;
  readonly region: string;
  readonly queues: readonly BatchQueue[];
  /** CloudWatch log group of the jobs. */
  readonly logGroup: string;
  readonly roles: JobRoles;
  /** The same for every job, such as `AWS_REGION`; part of the job definition. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absent: the machine's. */
  readonly clock?: () => Date;
  /** Of one SubmitJob; absent: 30 s (design, section 5). */
  readonly submitTimeoutMs?: number;
}

/** ARNs (AB 11.3). */
export interface JobRoles {
  /** What programs act as. */
  readonly job?: string;
  /** Pulls images and writes logs; without one the instance's role does (AB 11.3 [MEM]). */
  readonly execution?: string;
}

export interface BatchQueue {
  /** As grids call it. */
  readonly name: string;
  readonly arn: string;
  /** What the operator says of the hosts' `/scratch`; present: it is mounted as `/scratch`. */
  readonly scratch?: string;
}

/** Where jobs write their logs when nobody says otherwise (AB 8). */
export const defaultLogGroup = '/aws/batch/job';
