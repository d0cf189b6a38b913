/** What preflight and doctor say (design, section 10). Pure data: words for people, codes for programs. */

export type Severity = 'error' | 'warning';

/** In the order in which people read them. */
export const groups = [
  /** Of doctor: where commands are typed. */
  'machine',
  'identity',
  'network',
  'queue',
  'fit',
  'image',
  'definition',
  'storage',
  'quotas',
  'money',
  'repository',
] as const;
export type Group = (typeof groups)[number];

export interface Finding {
  /** Stable: people search for it and filter by it, such as `nat-blackhole`. */
  readonly code: string;
  /** `error`: slices would not start, or not do what the grid asks. */
  readonly severity: Severity;
  /** What it is about, by the id or name that leads there: `subnet-0ab12`, `queue spot`. */
  readonly about: string;
  /** What was found, with its numbers. */
  readonly seen: string;
  /** What happens if it stays so. */
  readonly why: string;
  /** A command with real ids, or what to change in which file. */
  readonly fix: string;
}

/** One row of the table: what was looked at, what was found, and what nobody could look at. */
export interface Check {
  readonly group: Group;
  /** Stable and unique: `egress`. */
  readonly check: string;
  /** What is right when there is no finding: `Every subnet has a way out`. */
  readonly title: string;
  readonly findings: readonly Finding[];
  /** Refused or failed calls that this check needed; it is done when there are none. */
  readonly notDone: readonly NotDone[];
  /** Present: there was nothing to look at, and why; `findings` and `notDone` are empty then. */
  readonly nothing?: string;
}

export interface NotDone {
  /** By its IAM action: `ec2:DescribeSubnets`. */
  readonly action: string;
  readonly why: string;
}
