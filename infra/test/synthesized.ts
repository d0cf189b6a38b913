import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { z } from 'zod';
import { parseSettings } from '../read-settings.ts';
import { makeStacks } from '../stack/stacks.ts';

/** Settings of a lab that uses everything. */
export const whole = `
github: { repository: lab/grids, owner_id: 123456, repository_id: 456789 }
events: { secret: muster/github }
alarms: { email: lab@example.org }
storage: { inputs: [scedc-pds] }
metrics: true
`;

export const variants = {
  'by default': '',
  'with everything': whole,
  'behind NAT': `${whole}network: { mode: nat }`,
  'with endpoints': `${whole}network: { mode: endpoints }`,
  'in a network of yours': `${whole}network: { mode: existing, subnets: [subnet-0a1b2c3d4e5f60718], security_groups: [sg-0a1b2c3d4e5f60718] }`,
} as const;

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
});
const templateSchema = z.looseObject({
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown() })),
});

export type Synthesized = z.output<typeof templateSchema>;
export type Resource = z.output<typeof resourceSchema>;

function stacksOf(
  text: string,
  flags: Readonly<Record<string, boolean>> = {},
): { readonly app: App; readonly stacks: readonly Stack[] } {
  // As the command line of CDK does it.
  const app = new App({
    analyticsReporting: false,
    context: { ...flags, 'aws:cdk:enable-path-metadata': false },
  });
  return { app, stacks: makeStacks(app, parseSettings(text)) };
}

/** The templates, by stack. */
export const templatesOf = (text = ''): readonly Synthesized[] =>
  stacksOf(text).stacks.map((stack) => templateSchema.parse(Template.fromStack(stack).toJSON()));

/** All of them together. */
export function synthesize(text = ''): Synthesized {
  const templates = templatesOf(text);
  return {
    Resources: Object.assign({}, ...templates.map(({ Resources }) => Resources)),
    Outputs: Object.assign({}, ...templates.map(({ Outputs }) => Outputs)),
  };
}

export const resourcesOf = ({ Resources }: Synthesized, type: string): readonly Resource[] =>
  Object.values(Resources).filter(({ Type }) => Type === type);

/** What cdk-nag and the rules of CDK itself say. */
export function judged(text: string): Report {
  const { app } = stacksOf(text, { '@aws-cdk/core:validateAgainstDefaultRules': true });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const { directory } = app.synth();
  return reportSchema.parse(JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8')));
}

const violationSchema = z.looseObject({ ruleName: z.string(), reason: z.string().optional() });
const reportSchema = z.looseObject({
  pluginReports: z.array(
    z.looseObject({
      pluginName: z.string(),
      violations: z.array(violationSchema).default([]),
      suppressedViolations: z.array(violationSchema).default([]),
    }),
  ),
});
export type Report = z.output<typeof reportSchema>;

const names: ReadonlyMap<string, string> = new Map([
  ['AWS::AccountId', '123456789012'],
  ['AWS::Region', 'us-east-1'],
  ['AWS::Partition', 'aws'],
  ['AWS::URLSuffix', 'amazonaws.com'],
]);

/** Text as the account would have it: `us-east-1`, `123456789012`. Other resources stand as `<logical id.attribute>`. */
export function filled(value: unknown, template: Synthesized): string {
  if (typeof value === 'string') return value;
  const read = intrinsicSchema.parse(value);
  if ('Fn::Sub' in read)
    return read['Fn::Sub'].replaceAll(/\$\{([\w:]+)\}/g, (_, name) => names.get(name) ?? '?');
  if ('Fn::Join' in read)
    return read['Fn::Join'][1].map((one) => filled(one, template)).join(read['Fn::Join'][0]);
  if ('Ref' in read) return names.get(read.Ref) ?? `<${read.Ref}>`;
  const [id = '', attribute] = read['Fn::GetAtt'];
  return arnOf(template.Resources[id]) ?? `<${id}.${attribute}>`;
}

/** Of what has a name that was chosen. */
function arnOf(resource: Resource | undefined): string | undefined {
  switch (resource?.Type) {
    case 'AWS::Batch::JobQueue':
      return `arn:aws:batch:us-east-1:123456789012:job-queue/${resource.Properties.JobQueueName}`;
    case 'AWS::IAM::Role':
      return `arn:aws:iam::123456789012:role/${resource.Properties.RoleName}`;
    default:
      return undefined;
  }
}

const intrinsicSchema = z.union([
  z.strictObject({ Ref: z.string() }),
  z.strictObject({ 'Fn::Sub': z.string() }),
  z.strictObject({ 'Fn::GetAtt': z.array(z.string()) }),
  z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }),
]);
