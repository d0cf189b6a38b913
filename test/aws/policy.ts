import { z } from 'zod';
import { actionsFor } from '../../src/aws/actions.ts';
import type { S3Request } from './s3/wire.ts';

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((given) => [given].flat());
const flags = z.record(z.string(), z.enum(['true', 'false']));
/** As much of the language of IAM as our guide uses; anything else is refused rather than passed over. */
const policySchema = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(
    z.strictObject({
      Effect: z.enum(['Allow', 'Deny']),
      Action: oneOrMore,
      Resource: oneOrMore,
      Condition: z.strictObject({ Null: flags.exactOptional(), Bool: flags.exactOptional() }).exactOptional(),
    }),
  ),
});

export type Policy = z.output<typeof policySchema>;
type Statement = Policy['Statement'][number];

/** What is asked for; a key of `context` that the request does not have is absent. */
interface Ask {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

export const readPolicy = (json: string): Policy => policySchema.parse(JSON.parse(json));

/** Some statement allows it, and none denies it. */
function allows({ Statement }: Policy, ask: Ask): boolean {
  const effects = Statement.filter((one) => applies(one, ask)).map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

function applies({ Action, Resource, Condition }: Statement, { action, resource, context }: Ask): boolean {
  const { Null = {}, Bool = {} } = Condition ?? {};
  return (
    Action.some((pattern) => matches(pattern, action)) &&
    Resource.some((pattern) => matches(pattern, resource)) &&
    Object.entries(Null).every(([key, absent]) => (context[key] === undefined) === (absent === 'true')) &&
    Object.entries(Bool).every(([key, value]) => context[key] === value)
  );
}

/** `*` stands for anything, `/` included. */
const matches = (pattern: string, text: string) =>
  new RegExp(`^${pattern.replace(/[.?+^$()[\]{}|\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(text);

/** Whether somebody with this policy may do this (AB 7.1, 11.3). */
export function mayDo(policy: Policy, request: Pick<S3Request, 'operation' | 'bucket' | 'key' | 'headers'>) {
  const { operation, bucket, key, headers } = request;
  const resource =
    key === '' || operation === 'ListObjectsV2' ? `arn:aws:s3:::${bucket}` : `arn:aws:s3:::${bucket}/${key}`;
  const none = headers['if-none-match'];
  const writing = operation === 'PutObject' || operation === 'CompleteMultipartUpload';
  const context = {
    ...(writing && none !== undefined && { 's3:if-none-match': none }),
    's3:ObjectCreationOperation': String(writing),
  };
  const remark = writing && headers['if-match'] !== undefined ? ' if-match' : '';
  return actionsFor('S3', `${operation}${remark}`).every((action) =>
    allows(policy, { action, resource, context }),
  );
}
