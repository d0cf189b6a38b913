import { type Answer, answerOf } from '../../aws/answer.ts';
import { fieldOf } from '../../aws/fault.ts';
import type { PreflightClients } from '../clients.ts';

/** Who asks, from where, by which clock. */
export interface IdentityFacts {
  /** Absent: none is set anywhere. */
  readonly region?: string;
  readonly caller: Answer<Caller>;
  /** Seconds that this machine's clock is ahead of AWS's; absent: no answer told its time. */
  readonly aheadSeconds?: number;
}

export interface Caller {
  readonly account: string;
  readonly arn: string;
}

/** Asks STS, which answers whoever has valid credentials: no right is needed. One call. */
export async function gatherIdentity(
  { sts }: Pick<PreflightClients, 'sts'>,
  region: string | undefined,
  now: () => number = Date.now,
): Promise<IdentityFacts> {
  const action = 'sts:GetCallerIdentity';
  if (region === undefined) return { caller: { known: false, action, why: 'no region is set' } };
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const command = new GetCallerIdentityCommand({});
  const ahead: number[] = [];
  command.middlewareStack.add(
    // Between the connection and whatever reads errors: a clock far off is refused, and that answer tells the time, too.
    (next) => async (sent) => {
      const answer = await next(sent);
      ahead.push(...secondsAhead(dateIn(answer.response), now()));
      return answer;
    },
    { step: 'deserialize', name: 'musterClock' },
  );
  const caller = await answerOf(action, async () => {
    const { Account: account = '', Arn: arn = '' } = await sts.send(command);
    return { account, arn };
  });
  const [aheadSeconds] = ahead;
  return { region, caller, ...(aheadSeconds !== undefined && { aheadSeconds }) };
}

/** The header of an HTTP answer, which the SDK hands on as something unknown. */
function dateIn(response: unknown): string | undefined {
  const headers = fieldOf(response, 'headers');
  const date = fieldOf(headers, 'date') ?? fieldOf(headers, 'Date');
  return typeof date === 'string' ? date : undefined;
}

function secondsAhead(date: string | undefined, now: number): readonly number[] {
  const theirs = Date.parse(date ?? '');
  return Number.isNaN(theirs) ? [] : [Math.round((now - theirs) / 1000)];
}
