import { z } from 'zod';

/** The roles of templates and what they may do, as a page that people can read and review. */

const statementSchema = z.looseObject({
  Sid: z.string().default(''),
  Effect: z.enum(['Allow', 'Deny']),
  Action: z.union([z.string(), z.array(z.string())]).transform((one) => [one].flat()),
  Resource: z
    .union([z.unknown().array(), z.unknown()])
    .transform((one) => [one].flat().map(resourceText))
    .optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  Principal: z.record(z.string(), z.unknown()).default({}),
});

export type PolicyStatement = z.output<typeof statementSchema>;

const documentSchema = z.looseObject({ Statement: z.array(statementSchema) });
const roleSchema = z.looseObject({
  RoleName: z.string(),
  AssumeRolePolicyDocument: documentSchema,
  Policies: z.array(z.looseObject({ PolicyDocument: documentSchema })).default([]),
});

export interface Role {
  readonly name: string;
  readonly trust: readonly PolicyStatement[];
  readonly statements: readonly PolicyStatement[];
}

/** Of a template. */
export interface Resources {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
}

export function rolesIn({ Resources }: Resources): readonly Role[] {
  return Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Role')
    .map(({ Properties }) => {
      const { RoleName, AssumeRolePolicyDocument, Policies } = roleSchema.parse(Properties);
      return {
        name: RoleName,
        trust: AssumeRolePolicyDocument.Statement,
        statements: Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
      };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** `${AWS::Region}` as `<region>`: short, and no ARN of anybody. */
function resourceText(value: unknown): string {
  const read = z
    .union([
      z.string(),
      z.strictObject({ 'Fn::Sub': z.string() }).transform((one) => one['Fn::Sub']),
      z
        .strictObject({ 'Fn::GetAtt': z.array(z.string()) })
        .transform((one) => `<${one['Fn::GetAtt'].join('.')}>`),
      z.strictObject({ Ref: z.string() }).transform((one) => `<${one.Ref}>`),
    ])
    .parse(value);
  return words.reduce((text, [from, to]) => text.replaceAll(from, to), read);
}

const words = [
  [`\${AWS::Partition}`, 'aws'],
  [`\${AWS::Region}`, '<region>'],
  [`\${AWS::AccountId}`, '<account>'],
] as const;

export function rightsPage(template: Resources): string {
  const roles = rolesIn(template);
  return [
    '# What roles may do',
    '',
    'Written by `npm run infra -- docs` from the templates of `infra/` with everything switched on; do not edit. The test beside it',
    'fails when a role has a right that no code of its workflows uses, or lacks one.',
    ...roles.flatMap((role) => ['', `## ${role.name}`, '', ...trustLines(role), '', ...table(role)]),
    '',
  ].join('\n');
}

function trustLines({ trust }: Role): readonly string[] {
  return trust.flatMap(({ Action, Principal, Condition }) => [
    `Trusts ${Object.values(Principal).map(short).join(', ')} (${Action.join(', ')})${where(Condition)}.`,
  ]);
}

const short = (principal: unknown) => `\`${resourceText(principal)}\``;

const where = (conditions: PolicyStatement['Condition']) => {
  const parts = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(
      ([key, value]) =>
        `\`${key}\` ${operator} ${[value]
          .flat()
          .map((one) => `\`${one}\``)
          .join(' or ')}`,
    ),
  );
  return parts.length === 0 ? '' : `, where ${parts.join(', and ')}`;
};

const table = ({ statements }: Role): readonly string[] => [
  '| For | Actions | On | Where |',
  '|---|---|---|---|',
  ...statements.map(({ Sid, Effect, Action, Resource = [], Condition }) => {
    const actions = Action.map((one) => `\`${one}\``).join(' ');
    const on = Resource.map((one) => `\`${one}\``).join('<br>');
    return `| ${Effect === 'Deny' ? '**Deny** ' : ''}${Sid} | ${actions} | ${on} | ${where(Condition).replace(', where ', '')} |`;
  }),
];
