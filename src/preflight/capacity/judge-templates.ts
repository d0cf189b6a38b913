import { type Verdict, verdictOn } from '../codes.ts';
import { awsCommand } from '../command.ts';
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
      fix: versionWithout(name, 'SubnetId and NetworkInterfaceId', region),
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
      fix: versionWithout(name, 'security groups', region),
    }),
  ];
}

/** `lt-0ab12, version $Default`: the first word leads there. */
function versionWithout(name: string, what: string, region: string): string {
  const [template = name] = name.split(',');
  const by = template.startsWith('lt-') ? '--launch-template-id' : '--launch-template-name';
  const make = awsCommand(
    region,
    'ec2 create-launch-template-version',
    `${by} ${template}`,
    '--launch-template-data file://template.json',
  );
  return `Make a version without ${what}: ${make}`;
}
