import { awsError } from '../../aws/remote-error.ts';
import type { BatchClients } from './clients.ts';
import type { BatchSettings } from './settings.ts';

/** Pages read at most: each is up to 10,000 events, and any may be empty (AB 8). */
const mostPages = 10;
const mostEvents = 10_000;

/**
 * The last lines that one attempt wrote to its log stream. None when the stream does not exist: it appears when the
 * attempt runs, and its last events some seconds after the end (AB 8). Throws `RemoteError` where they may not be read.
 */
export async function logTail(
  clients: Pick<BatchClients, 'logs'>,
  { logGroup }: Pick<BatchSettings, 'logGroup'>,
  stream: string,
  lines: number,
): Promise<readonly string[]> {
  if (lines < 1) return [];
  const logs = await clients.logs();
  const tail: string[] = [];
  let token: string | undefined;
  try {
    for (let page = 0; page < mostPages && tail.length < lines; page++) {
      // Newest first by page, oldest first within one; not from the head, where a live stream never ends (AB 8).
      const answer = await logs.getLogEvents({
        logGroupName: logGroup,
        logStreamName: stream,
        limit: Math.min(lines, mostEvents),
        ...(token !== undefined && { nextToken: token }),
      });
      tail.unshift(...(answer.events ?? []).map(({ message }) => message ?? ''));
      const next = answer.nextBackwardToken;
      // The same token again means that there is nothing earlier; an empty page means nothing (AB 8).
      if (next === undefined || next === token) break;
      token = next;
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return [];
    throw awsError('CloudWatchLogs', 'GetLogEvents', error, { resource: `${logGroup}, ${stream}` });
  }
  return tail.slice(-lines);
}
