/** What a request to the model is, and what it answers. */

export interface Call {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  /** As it came: for the emulator behind. */
  readonly rawPath: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Read as JSON; `{}` when there is none. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
}

/** Whose token it is. */
export type Caller =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'user'; readonly login: string; readonly token: string }
  | { readonly kind: 'app'; readonly permissions: Permissions; readonly token: string };

/** As in a job's block, with underscores. */
export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** A refusal as GitHub writes it. */
export const refuse = (status: number, message: string, errors?: readonly unknown[]): Reply => ({
  status,
  body: {
    message,
    ...(errors !== undefined && { errors }),
    documentation_url: 'https://docs.github.com/rest',
  },
});

export const answer = (body: unknown, status = 200): Reply => ({ status, body });

/** One page of a list, with the links to its neighbours that clients follow. */
export function page(call: Call, items: readonly unknown[]): Reply {
  const perPage = Math.min(100, Number(call.query.get('per_page') ?? 30));
  const number = Number(call.query.get('page') ?? 1);
  return answer(items.slice((number - 1) * perPage, number * perPage));
}
