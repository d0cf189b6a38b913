import { type Answer, answerOf } from '../../aws/answer.ts';
import { readFault } from '../../aws/fault.ts';
import type { PreflightClients } from '../clients.ts';
import { readTrust, type Trust } from './trust.ts';

export interface RoleNeeds {
  /** ARNs, as in muster.yaml. */
  readonly job?: string;
  readonly execution?: string;
  readonly profiles: readonly ProfileNeed[];
}

/** What the hosts of a compute environment act as. */
export interface ProfileNeed {
  /** Name of the compute environment. */
  readonly environment: string;
  /** Name or ARN of an instance profile, as the environment has it (AB 11.3). */
  readonly profile: string;
}

export interface RoleFacts {
  readonly job?: AskedRole;
  readonly execution?: AskedRole;
  readonly profiles: readonly AskedProfile[];
}

export interface AskedRole {
  readonly arn: string;
  readonly state: Answer<RoleState>;
}

export type RoleState =
  | { readonly state: 'missing' }
  /** `arn`: of the role that has this name; `trust`: `undefined` if nobody can tell. */
  | { readonly state: 'there'; readonly arn: string; readonly trust: Trust | undefined };

export interface AskedProfile extends ProfileNeed {
  readonly state: Answer<ProfileState>;
}

export type ProfileState =
  | { readonly state: 'missing' }
  | {
      readonly state: 'there';
      /** None: a profile that nobody put a role into. */
      readonly role?: { readonly name: string; readonly trust: Trust | undefined };
    };

/** One call for each role and each instance profile; IAM is the same in all regions. */
export async function gatherRoles(
  { iam }: Pick<PreflightClients, 'iam'>,
  needs: RoleNeeds,
): Promise<RoleFacts> {
  const asked = new Map<string, Promise<AskedRole>>();
  const role = (arn: string) => {
    const asking = asked.get(arn) ?? askRole(iam, arn);
    asked.set(arn, asking);
    return asking;
  };
  const names = [...new Set(needs.profiles.map(({ profile }) => lastPart(profile)))];
  const [job, execution, states] = await Promise.all([
    needs.job === undefined ? undefined : role(needs.job),
    needs.execution === undefined ? undefined : role(needs.execution),
    Promise.all(names.map(async (name) => [name, await askProfile(iam, name)] as const)),
  ]);
  const known = new Map(states);
  return {
    ...(job && { job }),
    ...(execution && { execution }),
    profiles: needs.profiles.flatMap((need) => {
      const state = known.get(lastPart(need.profile));
      return state === undefined ? [] : [{ ...need, state }];
    }),
  };
}

type Iam = PreflightClients['iam'];

async function askRole(iam: Iam, arn: string): Promise<AskedRole> {
  const state = await answerOf('iam:GetRole', () =>
    orMissing(async () => {
      const { Role } = await iam.getRole({ RoleName: lastPart(arn) });
      const trust = readTrust(Role?.AssumeRolePolicyDocument);
      return { state: 'there' as const, arn: Role?.Arn ?? arn, trust };
    }),
  );
  return { arn, state };
}

function askProfile(iam: Iam, name: string): Promise<Answer<ProfileState>> {
  return answerOf('iam:GetInstanceProfile', () =>
    orMissing(async () => {
      const { InstanceProfile } = await iam.getInstanceProfile({ InstanceProfileName: name });
      // At most one, by a limit of IAM [MEM].
      const [role] = InstanceProfile?.Roles ?? [];
      if (role === undefined) return { state: 'there' as const };
      const trust = readTrust(role.AssumeRolePolicyDocument);
      return { state: 'there' as const, role: { name: role.RoleName ?? name, trust } };
    }),
  );
}

/** Names are unique in an account, whatever their path. */
const lastPart = (arn: string) => arn.split('/').at(-1) ?? arn;

/** IAM has one name for all that does not exist; the SDK calls it `NoSuchEntityException`. */
async function orMissing<There>(ask: () => Promise<There>): Promise<There | { readonly state: 'missing' }> {
  try {
    return await ask();
  } catch (error) {
    if (readFault(error).status === 404) return { state: 'missing' };
    throw error;
  }
}
