import { Fn } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { acceptStars } from './accept.ts';
import * as jobs from './job-rights.ts';
import { readInputs, readStore, type Statement, type Things } from './statement.ts';
import { githubIssuer, trustService, trustWorkflows, type WorkflowRole } from './trust.ts';
import * as rights from './workflow-rights.ts';

/** Roles of jobs and of their machines. */
export class JobRoles extends Construct {
  readonly job: iam.CfnRole;
  readonly execution: iam.CfnRole;
  readonly instance: iam.CfnRole;
  readonly profile: iam.CfnInstanceProfile;

  constructor(scope: Construct, id: string, things: Things) {
    super(scope, id);
    const { name } = things;
    const tasks = trustService('ecs-tasks.amazonaws.com');
    this.job = makeRole(this, `${name}-job`, tasks, jobs.runProgram(things));
    this.execution = makeRole(this, `${name}-execution`, tasks, jobs.startContainers(things));
    this.instance = makeRole(
      this,
      `${name}-instance`,
      trustService('ec2.amazonaws.com'),
      jobs.joinCluster(things),
    );
    this.profile = new iam.CfnInstanceProfile(this, 'Profile', {
      ...{ instanceProfileName: `${name}-instance`, roles: [this.instance.ref] },
    });
  }
}

/** Roles that workflows assume, one for each variable that they read. */
export class WorkflowRoles extends Construct {
  readonly roles: ReadonlyMap<WorkflowRole, iam.CfnRole>;

  constructor(
    scope: Construct,
    id: string,
    settings: Settings,
    github: NonNullable<Settings['github']>,
    things: Things,
  ) {
    super(scope, id);
    const provider = this.#provider(github);
    this.roles = new Map(
      Object.entries(policiesOf(things, settings)).map(([role, statements]) => {
        // The keys of the record are its roles.
        const kind = role as WorkflowRole;
        const made = makeRole(
          this,
          `${settings.name}-${kind}`,
          trustWorkflows(kind, github, Fn.sub(rights.providerArn)),
          statements,
        );
        if (provider !== undefined) made.addResourceDependency(provider);
        return [kind, made] as const;
      }),
    );
  }

  /** There can be one of an issuer in an account. No thumbprint: AWS checks GitHub's certificate by its own list (GH 4.4). */
  #provider({ provider }: NonNullable<Settings['github']>): iam.CfnOIDCProvider | undefined {
    if (provider === 'existing') return undefined;
    return new iam.CfnOIDCProvider(this, 'GitHub', {
      url: `https://${githubIssuer}`,
      clientIdList: ['sts.amazonaws.com'],
    });
  }
}

/** The rows of docs/aws.md, by who needs them. */
function policiesOf(
  things: Things,
  { metrics }: Settings,
): Readonly<Record<WorkflowRole, readonly Statement[]>> {
  const looks = [...readStore(things), ...readInputs(things)];
  return {
    plan: [...looks, ...rights.preflight(things), ...rights.readImages(things), ...rights.spotPrices],
    launch: [
      ...[...looks, ...rights.writeStore(things), ...rights.submitAndFollow(things)],
      ...[...rights.preflight(things, false), ...rights.readImages(things), ...rights.spotPrices],
    ],
    watch: [
      ...[...readStore(things), ...rights.writeStore(things), ...rights.submitAndFollow(things)],
      ...[...rights.explain(things), ...(metrics ? rights.sendMetrics : [])],
    ],
    images: rights.pushImages(things),
  };
}

export function makeRole(
  scope: Construct,
  roleName: string,
  trust: Readonly<Record<string, unknown>>,
  statements: readonly Statement[],
): iam.CfnRole {
  const role = new iam.CfnRole(scope, roleName, {
    roleName,
    assumeRolePolicyDocument: trust,
    policies: [
      { policyName: 'rights', policyDocument: { Version: '2012-10-17', Statement: statements.map(filled) } },
    ],
  });
  acceptStars(role, statements);
  return role;
}

/** With the names that only the account knows. */
const filled = ({ Resource, ...statement }: Statement) => ({
  ...statement,
  Resource: Resource.map((one) => (one.includes('${AWS::') ? Fn.sub(one) : one)),
});
