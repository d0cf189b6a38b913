import { z } from 'zod';

/** A policy as IAM, endpoints and registries write it; each list that may be a single value is a list here. */
export interface PolicyStatement {
  readonly allows: boolean;
  /** Patterns such as `sts:Assume*`; absent where the statement says `NotAction`, or nothing, as a trust policy cannot. */
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  /** By kind: `AWS`, `Service`, `Federated`; `*` alone is kind `AWS`. Absent where the statement names none. */
  readonly principals?: Readonly<Record<string, readonly string[]>>;
  /** By operator, then by key: `StringLike`, `token.actions.githubusercontent.com:sub`. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** @param document JSON, percent-encoded or not. `undefined`: it cannot be read. */
export function policyStatements(document: string | undefined): readonly PolicyStatement[] | undefined {
  const parsed = policySchema.safeParse(jsonOf(document ?? ''));
  return parsed.success ? parsed.data.Statement.map(statementOf) : undefined;
}

/** Whether the statement speaks of this action, as AWS reads patterns: `*` and `?` are wild, case does not count. */
export function speaksOf({ actions, notActions }: PolicyStatement, action: string): boolean {
  if (notActions !== undefined) return !notActions.some((pattern) => matchesAction(pattern, action));
  return actions?.some((pattern) => matchesAction(pattern, action)) ?? false;
}

function matchesAction(pattern: string, action: string): boolean {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i').test(action);
}

/** The same policy with one more statement, as JSON. Throws where `policyStatements` cannot read the document. */
export function policyWith(document: string, statement: object): string {
  const { Statement: there, ...rest } = z.record(z.string(), z.unknown()).parse(jsonOf(document));
  const all = [...(Array.isArray(there) ? there : [there]), statement];
  return JSON.stringify({ ...rest, Statement: all });
}

/** AWS takes `true` and `7` where it means text. */
const word = z.union([z.string(), z.boolean(), z.number()]).transform(String);
const oneOrMore = z.union([word.transform((one) => [one]), z.array(word)]);

const statementSchema = z.looseObject({
  Effect: z.string(),
  Action: oneOrMore.optional(),
  NotAction: oneOrMore.optional(),
  Resource: oneOrMore.optional(),
  Principal: z
    .union([z.literal('*').transform(() => ({ AWS: ['*'] })), z.record(z.string(), oneOrMore)])
    .optional(),
  Condition: z.record(z.string(), z.record(z.string(), oneOrMore)).default({}),
});

const policySchema = z.looseObject({
  Statement: z.union([statementSchema.transform((one) => [one]), z.array(statementSchema)]),
});

function statementOf(statement: z.infer<typeof statementSchema>): PolicyStatement {
  const { Effect, Action, NotAction, Resource, Principal, Condition } = statement;
  return {
    allows: Effect === 'Allow',
    ...(Action !== undefined && { actions: Action }),
    ...(NotAction !== undefined && { notActions: NotAction }),
    ...(Resource !== undefined && { resources: Resource }),
    ...(Principal !== undefined && { principals: Principal }),
    conditions: Condition,
  };
}

function jsonOf(document: string): unknown {
  try {
    return JSON.parse(document.startsWith('%') ? decodeURIComponent(document) : document);
  } catch {
    return undefined;
  }
}
