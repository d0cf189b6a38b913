import { z } from 'zod';

const oneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value));

const statementSchema = z.looseObject({
  Effect: z.string(),
  Action: oneOrMore.optional(),
  Principal: z.union([z.string(), z.looseObject({ Service: oneOrMore.optional() })]).optional(),
});

const policySchema = z.looseObject({
  Statement: z
    .union([statementSchema, z.array(statementSchema)])
    .transform((value) => (Array.isArray(value) ? value : [value])),
});

/**
 * Services that may become a role, by its trust policy; `*` for anybody. Conditions are not weighed, so that a role may
 * be refused although it is listed here. `undefined`: the policy cannot be read.
 * @param document as IAM gives it: JSON, percent-encoded.
 */
export function trustedServices(document: string | undefined): readonly string[] | undefined {
  const parsed = policySchema.safeParse(decoded(document ?? ''));
  if (!parsed.success) return undefined;
  return parsed.data.Statement.filter(
    ({ Effect, Action = [] }) => Effect === 'Allow' && Action.some((action) => mayAssume.has(action)),
  ).flatMap(({ Principal }) => (typeof Principal === 'string' ? [Principal] : (Principal?.Service ?? [])));
}

const mayAssume: ReadonlySet<string> = new Set(['*', 'sts:*', 'sts:AssumeRole']);

function decoded(document: string): unknown {
  try {
    return JSON.parse(document.startsWith('%') ? decodeURIComponent(document) : document);
  } catch {
    return undefined;
  }
}
