import { z } from 'zod';
import type { Refusal } from './limits.ts';

/** Octokit's errors: of an answer, with it; without one its status is a made-up 500. */
const requestError = z.object({
  status: z.number(),
  message: z.string(),
  response: z
    .object({
      headers: z.record(z.string(), z.union([z.string(), z.number()]).optional()),
      data: z.unknown(),
    })
    .optional(),
});

const body = z.object({
  message: z.string().optional(),
  errors: z.array(z.union([z.string(), z.object({ message: z.string().optional() })])).optional(),
});

const graphqlError = z.object({ errors: z.array(z.object({ type: z.string().optional() })) });

/** GitHub refused, or nothing answered; anything else is a bug of ours. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error && (requestError.safeParse(error).success || graphqlTypes(error) !== undefined);

/** What GitHub said, with the reasons it lists below its message. */
export function readRefusal(error: unknown): Refusal {
  const read = requestError.safeParse(error);
  const fallback = error instanceof Error ? error.message : String(error);
  if (!read.success) return { status: graphqlTypes(error) && 200, headers: {}, message: fallback };
  const { status, response, message } = read.data;
  const reason = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  if (response === undefined) {
    return { status: status === 500 ? undefined : status, headers: {}, message: `${message}${reason}` };
  }
  const said = body.safeParse(response.data);
  if (!said.success) return { status, headers: response.headers, message };
  const details = (said.data.errors ?? []).map((one) => (typeof one === 'string' ? one : one.message));
  const words = [said.data.message, ...details].filter((part) => part !== undefined && part !== '');
  return { status, headers: response.headers, message: words.join(': ') };
}

/** The types of a refused GraphQL request, which comes with status 200; `undefined` for any other error. */
export function graphqlTypes(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Error) || error.name !== 'GraphqlResponseError') return undefined;
  const read = graphqlError.safeParse(error);
  return read.success
    ? read.data.errors.flatMap(({ type }) => (type === undefined ? [] : [type]))
    : undefined;
}
