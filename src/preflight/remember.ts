import type { InitializeMiddleware } from '@smithy/types';

/** Operations that only look. What S3 answers depends on what was written in between, so it is always asked. */
const looks = /^(Describe|Get|List|BatchGet)\w+Command$/;

/**
 * Gives the client a memory: the same question is asked once, also while its first answer is still on the way, and
 * also when it was refused. For one preflight, which sees the account at one moment.
 */
export function remembering<Client extends WithMiddleware>(client: Client): Client {
  const answers = new Map<string, Promise<unknown>>();
  const remember: InitializeMiddleware<object, object> = (next, context) => (asked) => {
    const operation = String(context.commandName ?? '');
    if (!looks.test(operation)) return next(asked);
    const question = `${operation} ${JSON.stringify(asked.input)}`;
    const known = answers.get(question);
    // It was put there by the same step of the same operation, so it is of the kind that is asked for.
    if (known !== undefined) return known as ReturnType<typeof next>;
    const answer = next(asked);
    answers.set(question, answer);
    return answer;
  };
  // The first step of a call, before anything is sent. The client's own input and output types do not matter to it.
  client.middlewareStack.add(remember as never, { step: 'initialize', name: 'musterRemember' });
  return client;
}

interface WithMiddleware {
  readonly middlewareStack: {
    add(middleware: never, options: { readonly step: 'initialize'; readonly name: string }): void;
  };
}
