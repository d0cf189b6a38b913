import { type Codes, checked, findingsOf, nothingToCheck, type Verdict, verdictOn } from '../codes.ts';
import type { Check, Finding } from '../finding.ts';
import type { WantedQueue } from '../wanted.ts';
import { arnParts } from './arn.ts';
import type { Caller, IdentityFacts } from './identity.ts';

export const identityCodes = {
  'region-unset': {
    severity: 'error',
    means: 'No AWS region is set',
    why: 'Nothing in AWS can be asked without a region.',
    fix: 'Write `region` in muster.yaml, or set AWS_REGION.',
  },
  'region-elsewhere': {
    severity: 'error',
    means: 'Queues are in another region than the one asked',
    why: 'Queues, logs and definitions of another region are not seen, so nothing could be submitted.',
    fix: 'Write the region of the queues in muster.yaml.',
  },
  'account-elsewhere': {
    severity: 'error',
    means: 'The credentials are of another account than the queues',
    why: 'Jobs can only be submitted to queues of the same account; every call would be refused.',
    fix: 'Use credentials of the account of the queues.',
  },
  'root-user': {
    severity: 'warning',
    means: 'The credentials are those of the root user of the account',
    why: 'Nothing limits what they may do, and they cannot be limited: a leak or a slip reaches the whole account.',
    fix: 'Use a role with the rights of docs/aws.md.',
  },
  'clock-off': {
    severity: 'warning',
    means: 'The clock of this machine differs from that of AWS by more than a minute',
    why: 'Times of runs and leases are off, and signatures are refused when it differs by 5 to 15 minutes.',
    fix: 'Set the clock.',
  },
  'clock-wrong': {
    severity: 'error',
    means: 'The clock of this machine differs from that of AWS by more than five minutes',
    why: 'Signatures are refused, and leases of submissions mean nothing: two machines could submit at once.',
    fix: 'Set the clock.',
  },
} as const satisfies Codes;

const finding = findingsOf(identityCodes);

/** Seconds that a clock may be off: AWS refuses signatures from five minutes on. */
const clockLimits = { warning: 60, error: 300 };

/** Pure. */
export function judgeIdentity(
  facts: IdentityFacts,
  queues: readonly Pick<WantedQueue, 'name' | 'arn'>[],
): readonly Check[] {
  const region = { group: 'identity', check: 'region', title: 'The region is that of the queues' } as const;
  const caller = {
    group: 'identity',
    check: 'caller',
    title: 'The credentials are a role or user of the account of the queues',
  } as const;
  const clock = { group: 'identity', check: 'clock', title: 'The clock agrees with that of AWS' } as const;
  if (facts.region === undefined) {
    const why = 'Without a region nothing was asked.';
    return [checked(region, [unset(queues)]), nothingToCheck(caller, why), nothingToCheck(clock, why)];
  }
  const elsewhere = regionsElsewhere(facts.region, queues);
  return [
    checked(region, [elsewhere]),
    checked(caller, [verdictOn(facts.caller, (who) => judgeCaller(who, queues))]),
    checked(clock, [judgeClock(facts)]),
  ];
}

function unset(queues: readonly Pick<WantedQueue, 'arn'>[]): readonly Finding[] {
  const region = queues.map(({ arn }) => arnParts(arn).region).find((one) => one !== '') ?? 'us-east-1';
  return [
    finding('region-unset', {
      about: 'AWS region',
      seen: 'neither muster.yaml, nor AWS_REGION, nor the profile names a region',
      fix: `Write \`region: ${region}\` in muster.yaml, or set AWS_REGION=${region}.`,
    }),
  ];
}

function regionsElsewhere(
  region: string,
  queues: readonly Pick<WantedQueue, 'name' | 'arn'>[],
): readonly Finding[] {
  const perRegion = Map.groupBy(queues, ({ arn }) => arnParts(arn).region);
  return [...perRegion]
    .filter(([theirs]) => theirs !== region)
    .map(([theirs, those]) =>
      finding('region-elsewhere', {
        about: names(those),
        seen: `in ${theirs}; ${region} is asked`,
        fix: `Write \`region: ${theirs}\` in muster.yaml, or unset AWS_REGION.`,
      }),
    );
}

function judgeCaller(
  { account, arn }: Caller,
  queues: readonly Pick<WantedQueue, 'name' | 'arn'>[],
): readonly Finding[] {
  const perAccount = Map.groupBy(queues, (queue) => arnParts(queue.arn).account);
  const elsewhere = [...perAccount]
    .filter(([theirs]) => theirs !== account)
    .map(([theirs, those]) =>
      finding('account-elsewhere', {
        about: names(those),
        seen: `of account ${theirs}; the credentials (${arn}) are of account ${account}`,
        fix: `Log in to account ${theirs} (\`aws configure list-profiles\`, then AWS_PROFILE), or write the ARNs of queues of account ${account} in muster.yaml.`,
      }),
    );
  const isRoot = arnParts(arn).resource === 'root';
  const root = finding('root-user', {
    about: arn,
    seen: 'the root user of the account asks',
    fix: 'Make a role with the rights of docs/aws.md, assume it, and delete the keys of the root user: `aws iam list-access-keys`.',
  });
  return [...elsewhere, ...(isRoot ? [root] : [])];
}

function judgeClock({ aheadSeconds: ahead, caller }: IdentityFacts): Verdict {
  if (ahead === undefined) {
    const why = caller.known ? 'the answer of STS did not tell its time' : caller.why;
    return { known: false, action: 'sts:GetCallerIdentity', why };
  }
  const off = Math.abs(ahead);
  if (off <= clockLimits.warning) return [];
  return [
    finding(off > clockLimits.error ? 'clock-wrong' : 'clock-off', {
      about: 'clock of this machine',
      seen: `${off} s ${ahead > 0 ? 'ahead of' : 'behind'} AWS's`,
      fix: 'Set it by the network: `sudo timedatectl set-ntp true`.',
    }),
  ];
}

const names = (queues: readonly Pick<WantedQueue, 'name'>[]) =>
  `${queues.length === 1 ? 'queue' : 'queues'} ${queues.map(({ name }) => name).join(', ')}`;
