import {
  type Codes,
  checked,
  findingsOf,
  nothingToCheck,
  type Row,
  type Verdict,
  verdictOn,
} from '../codes.ts';
import { quoted } from '../command.ts';
import type { Check, Finding } from '../finding.ts';
import { arnParts } from './arn.ts';
import type { AskedProfile, AskedRole, ProfileState, RoleFacts, RoleState } from './roles.ts';
import { alsoTrusting, type Trust, trustOf } from './trust.ts';

export const roleCodes = {
  'role-missing': {
    severity: 'error',
    means: 'A role of muster.yaml does not exist',
    why: 'Registering the job definition, or every start of a slice, is refused.',
    fix: 'Create the role, or correct its ARN.',
  },
  'role-of-another-account': {
    severity: 'error',
    means: 'A role of muster.yaml belongs to another account than the queues',
    why: 'Roles cannot be passed to a service of another account: registering the job definition is refused.',
    fix: 'Create the role in the account of the queues.',
  },
  'role-path': {
    severity: 'error',
    means: 'The ARN of a role in muster.yaml lacks its path, or has another one',
    why: 'ECS looks for exactly this ARN, so no slice could start.',
    fix: 'Write the whole ARN, with its path.',
  },
  'role-trust': {
    severity: 'error',
    means: 'The trust policy of a role does not name ecs-tasks.amazonaws.com',
    why: 'ECS cannot become the role, so every slice fails before it starts.',
    fix: 'Let ecs-tasks.amazonaws.com assume it, besides those that may already.',
  },
  'job-role-unset': {
    severity: 'warning',
    means: 'muster.yaml names no job role',
    why: 'Programs act as the machine they run on: with its rights, which the system of the host needs, and without those that a store needs unless someone gave them to all jobs.',
    fix: 'Create a job role and name it in muster.yaml (`roles.job`).',
  },
  'instance-profile-missing': {
    severity: 'error',
    means: 'The instance profile of a compute environment does not exist',
    why: 'Instances cannot start, or never join the cluster: slices wait in RUNNABLE for ever.',
    fix: 'Create the instance profile: a role alone is none.',
  },
  'instance-profile-empty': {
    severity: 'error',
    means: 'The instance profile of a compute environment holds no role',
    why: 'Instances start, cost money, and never join the cluster: slices wait in RUNNABLE for ever.',
    fix: 'Add the role to the profile.',
  },
  'instance-role-trust': {
    severity: 'error',
    means: 'The trust policy of the role of the instances does not name ec2.amazonaws.com',
    why: 'Instances cannot become it, so they never join the cluster: slices wait in RUNNABLE for ever.',
    fix: 'Let ec2.amazonaws.com assume it, besides those that may already.',
  },
} as const satisfies Codes;

const finding = findingsOf(roleCodes);

const rows = {
  job: { group: 'identity', check: 'job-role', title: 'ECS may become the job role' },
  execution: { group: 'identity', check: 'execution-role', title: 'ECS may become the execution role' },
  profiles: {
    group: 'identity',
    check: 'instance-profiles',
    title: 'Instances may become the role of their profile',
  },
} as const satisfies Readonly<Record<string, Row>>;

/** Pure. @param account of the queues; absent: nobody knows. */
export function judgeRoles(facts: RoleFacts, account?: string): readonly Check[] {
  const { job, execution, profiles } = facts;
  return [
    checked(rows.job, [job === undefined ? [jobRoleUnset] : judgeRole(job, account)]),
    execution === undefined
      ? nothingToCheck(rows.execution, 'muster.yaml names none: the role of the instances does its work.')
      : // One role for both is judged once.
        checked(rows.execution, [execution.arn === job?.arn ? [] : judgeRole(execution, account)]),
    profiles.length === 0
      ? nothingToCheck(rows.profiles, 'No compute environment is known.')
      : checked(rows.profiles, onceEach(profiles).map(judgeProfile)),
  ];
}

const jobRoleUnset = finding('job-role-unset', {
  about: 'muster.yaml, roles',
  seen: 'there is no `roles.job`',
  fix: 'Create a role that ecs-tasks.amazonaws.com may assume, with the rights of docs/aws.md, and write its ARN as `roles: { job: … }` in muster.yaml.',
});

const tasks = 'ecs-tasks.amazonaws.com';

function judgeRole({ arn, state }: AskedRole, account: string | undefined): Verdict {
  const theirs = arnParts(arn).account;
  // IAM tells only of the own account, where a role of that name is another one.
  if (account !== undefined && theirs !== account) return [foreign(arn, theirs, account)];
  return verdictOn(state, (role) => roleTrouble(arn, role));
}

function foreign(arn: string, theirs: string, account: string): Finding {
  return finding('role-of-another-account', {
    about: arn,
    seen: `of account ${theirs}; the queues are of account ${account}`,
    fix: `Create the role in account ${account} (${creation(nameOf(arn), tasks)}), and write its ARN in muster.yaml.`,
  });
}

function roleTrouble(arn: string, role: RoleState): Verdict {
  const name = nameOf(arn);
  if (role.state === 'missing') {
    const fix = `${creation(name, tasks)}; then attach the rights of docs/aws.md.`;
    return [finding('role-missing', { about: arn, seen: 'there is no such role', fix })];
  }
  if (role.arn !== arn) {
    const fix = `Write \`${role.arn}\` in muster.yaml.`;
    return [finding('role-path', { about: arn, seen: `the role ${name} is ${role.arn}`, fix })];
  }
  const { trust } = role;
  if (trust === undefined) return unreadable('iam:GetRole', arn);
  if (trusts(trust, tasks)) return [];
  return [finding('role-trust', { about: arn, seen: seenTrust(trust), fix: mended(name, trust, tasks) })];
}

function judgeProfile({ environment, profile, state }: AskedProfile): Verdict {
  return verdictOn(state, (found) => profileTrouble(environment, nameOf(profile), found));
}

const instances = 'ec2.amazonaws.com';

/** In capitals: for people to replace. */
const addRole = (name: string) =>
  `aws iam add-role-to-instance-profile --instance-profile-name ${quoted(name)} --role-name ROLE_OF_THE_INSTANCES`;

function profileTrouble(environment: string, name: string, found: ProfileState): Verdict {
  const about = `instance profile ${name} of ${environment}`;
  if (found.state === 'missing') {
    const fix = `aws iam create-instance-profile --instance-profile-name ${quoted(name)} && ${addRole(name)}`;
    return [finding('instance-profile-missing', { about, seen: 'there is no such profile', fix })];
  }
  const { role } = found;
  if (role === undefined) {
    return [finding('instance-profile-empty', { about, seen: 'it holds no role', fix: addRole(name) })];
  }
  const { trust } = role;
  if (trust === undefined) return unreadable('iam:GetInstanceProfile', role.name);
  if (trusts(trust, instances)) return [];
  const seen = `role ${role.name}: ${seenTrust(trust)}`;
  return [finding('instance-role-trust', { about, seen, fix: mended(role.name, trust, instances) })];
}

/** Environments often share one: its fault is told once, with the first of them. */
const onceEach = (profiles: readonly AskedProfile[]) =>
  [...Map.groupBy(profiles, ({ profile }) => nameOf(profile)).values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [{ ...first, environment: [first, ...others].map(({ environment }) => environment).join(', ') }],
  );

/** Partitions have other domains for some services (`ec2.amazonaws.com.cn`). */
const trusts = ({ services }: Trust, service: string) =>
  services.some((one) => one === '*' || one === service || one === `${service}.cn`);

const unreadable = (action: string, role: string): Verdict => ({
  known: false,
  action,
  why: `the trust policy of ${role} cannot be read`,
});

const seenTrust = ({ services }: Trust) =>
  services.length === 0
    ? 'its trust policy lets no service assume it'
    : `its trust policy lets only ${services.join(', ')} assume it`;

const nameOf = (arn: string) => arn.split('/').at(-1) ?? arn;

/** The whole policy is written anew, so what it says already is in it. */
const mended = (name: string, trust: Trust, service: string) =>
  `aws iam update-assume-role-policy --role-name ${quoted(name)} --policy-document ${quoted(alsoTrusting(trust, service))}`;

const creation = (name: string, service: string) =>
  `aws iam create-role --role-name ${quoted(name)} --assume-role-policy-document ${quoted(trustOf(service))}`;
