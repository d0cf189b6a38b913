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

function stacksOf(text: string): { readonly app: App; readonly stacks: readonly Stack[] } {
  // As the command line of CDK does it.
  const app = new App({ analyticsReporting: false, context: { 'aws:cdk:enable-path-metadata': false } });
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

/** What cdk-nag says. @returns the report that a synthesis writes. */
export function nagged(text: string): unknown {
  const { app } = stacksOf(text);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const { directory } = app.synth();
  return directory;
}

const account = {
  'AWS::AccountId': '123456789012',
  'AWS::Region': 'us-east-1',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** Text with what only an account knows filled in; resources stand as `<logical id>` or `<logical id.attribute>`. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  const read = intrinsicSchema.parse(value);
  if ('Ref' in read)
    return Object.entries(account).find(([name]) => name === read.Ref)?.[1] ?? `<${read.Ref}>`;
  if ('Fn::GetAtt' in read) return `<${read['Fn::GetAtt'].join('.')}>`;
  const [separator, parts] = read['Fn::Join'];
  return parts.map(text).join(separator);
}

const intrinsicSchema = z.union([
  z.strictObject({ Ref: z.string() }),
  z.strictObject({ 'Fn::GetAtt': z.array(z.string()) }),
  z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }),
]);
