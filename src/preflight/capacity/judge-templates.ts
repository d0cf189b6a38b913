import { type Verdict, verdictOn } from '../codes.ts';
import { awsCommand } from '../command.ts';
import { infrastructureChange } from '../environment-change.ts';
import type { Check, Finding } from '../finding.ts';
import { finding } from './codes.ts';
import type { CapacityFacts, EnvironmentFacts, TemplateContent } from './facts.ts';
import { aboutEnvironment, onUsable } from './on-queues.ts';

const row = {
  group: 'queue',
  check: 'templates',
  title: 'Launch templates exist and do not contradict their environment',
} as const;

/** A template with a network of its own makes the fields of the environment misleading (AB 4.2). */
export function judgeTemplates(facts: CapacityFacts): Check {
  return onUsable(row, facts, ({ environments }) =>
    environments.flatMap((environment) => judgeOwn(environment, facts.region)),
  );
}

const judgeOwn = (environment: EnvironmentFacts, region: string): readonly Verdict[] =>
  environment.templates.map(({ name, content }) =>
    verdictOn(content, (template) =>
      template === undefined
        ? [missing(environment, name, region)]
        : [
            ...interfaceTrouble(environment, name, template, region),
            ...groupTrouble(environment, name, template, region),
          ],
    ),
  );

function missing(environment: EnvironmentFacts, name: string, region: string): Finding {
  const list = awsCommand(region, 'ec2 describe-launch-templates');
  return finding('template-missing', {
    about: aboutEnvironment(environment),
    seen: `there is no launch template ${name} in ${region}`,
    fix: `Create a compute environment that starts from one there is: ${list}`,
  });
}

function interfaceTrouble(
  environment: EnvironmentFacts,
  name: string,
  { interfaces }: TemplateContent,
  region: string,
): readonly Finding[] {
  const own = interfaces.flatMap(({ id, subnet }) => [id, subnet]).filter((one) => one !== undefined);
  if (own.length === 0) return [];
  return [
    finding('template-interface', {
      about: aboutEnvironment(environment),
      seen: `launch template ${name} sets ${own.join(' and ')}; the subnets of the environment are ${environment.subnets.join(', ')}`,
      fix: versionWithout(environment, name, 'SubnetId and NetworkInterfaceId', region),
    }),
  ];
}

function groupTrouble(
  environment: EnvironmentFacts,
  name: string,
  { interfaces, securityGroups }: TemplateContent,
  region: string,
): readonly Finding[] {
  const own = new Set([...securityGroups, ...interfaces.flatMap((one) => one.securityGroups)]);
  const { securityGroups: inForce } = environment;
  const isSame = own.size === inForce.length && inForce.every((one) => own.has(one));
  // Without groups of the environment those of the template are in force.
  if (own.size === 0 || inForce.length === 0 || isSame) return [];
  return [
    finding('template-groups', {
      about: aboutEnvironment(environment),
      seen: `launch template ${name} sets ${[...own].join(', ')}; the environment ${inForce.join(', ')}`,
      fix: versionWithout(environment, name, 'security groups', region),
    }),
  ];
}

/** `lt-0ab12, version $Default`: what leads there, and which of its versions. A version never changes: another is made. */
function versionWithout(environment: EnvironmentFacts, name: string, what: string, region: string): string {
  const at = name.lastIndexOf(', version ');
  const [template, version] = [name.slice(0, at), name.slice(at + ', version '.length)];
  const isId = template.startsWith('lt-');
  const of = [isId ? '--launch-template-id' : '--launch-template-name', template] as const;
  const data = ['--query', 'LaunchTemplateVersions[0].LaunchTemplateData'] as const;
  const read = awsCommand(
    region,
    'ec2 describe-launch-template-versions',
    ...([of, ['--versions', version], data] as const),
    '--output json > template.json',
  );
  const make = awsCommand(
    region,
    'ec2 create-launch-template-version',
    of,
    '--launch-template-data file://template.json',
  );
  const key = isId ? 'launchTemplateId' : 'launchTemplateName';
  const use = infrastructureChange(
    region,
    environment,
    `launchTemplate={${key}=${template},version=NEW_VERSION}`,
  );
  return `Read it (${read}), take ${what} out of template.json, make a version of that (${make}), and let the environment start from it. ${use}`;
}
