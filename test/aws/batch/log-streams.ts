import type { GetLogEventsRequest, GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import { Refusal } from './refusal.ts';
import type { Timeline } from './timeline.ts';

interface Line {
  readonly timestamp: number;
  readonly message: string;
}

/** AB 8: the lines of every attempt that started, in a stream of its own. */
export class LogStreams {
  readonly #timeline: Timeline;
  /** By group, then by stream; a stream without a line is there all the same. */
  readonly #groups = new Map<string, Map<string, Line[] | undefined>>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  open(group: string, stream: string): void {
    const streams = this.#groups.get(group) ?? new Map<string, Line[] | undefined>();
    this.#groups.set(group, streams.set(stream, undefined));
  }

  write(group: string, stream: string, message: string): void {
    const streams = this.#groups.get(group);
    const lines = streams?.get(stream) ?? [];
    lines.push({ timestamp: this.#timeline.now(), message });
    streams?.set(stream, lines);
  }

  /** AB 8: newest first by default, and the end is where the token that was sent comes back. */
  events(request: GetLogEventsRequest): GetLogEventsResponse {
    const { logGroupName, logGroupIdentifier, logStreamName, limit = 10_000, nextToken } = request;
    const group = logGroupName ?? logGroupIdentifier?.replace(/^arn:.*:log-group:/, '') ?? '';
    const streams = this.#groups.get(group);
    const all = streams?.get(logStreamName ?? '') ?? [];
    if (streams?.has(logStreamName ?? '') !== true)
      throw new Refusal('ResourceNotFoundException', 400, 'The specified log stream does not exist.');
    if (limit < 1 || limit > 10_000)
      throw new Refusal('InvalidParameterException', 400, 'limit must be between 1 and 10000');
    const { startTime = 0, endTime = Number.POSITIVE_INFINITY, startFromHead = false } = request;
    const lines = all.filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime);
    const [from, to] = window(nextToken, lines.length, limit, startFromHead);
    return {
      events: lines.slice(from, to).map((line) => ({ ...line, ingestionTime: line.timestamp })),
      nextForwardToken: `f/${to}`,
      nextBackwardToken: `b/${from}`,
    };
  }
}

/** Which lines a call shows. The very first look backwards from the newest finds an empty page, as AB 8 warns. */
function window(
  token: string | undefined,
  length: number,
  limit: number,
  startFromHead: boolean,
): readonly [number, number] {
  if (token === undefined)
    return startFromHead ? [0, Math.min(limit, length)] : [Math.max(0, length - limit), length];
  const [, direction, at] = /^([fb])\/(\d+)$/.exec(token) ?? [];
  if (at === undefined)
    throw new Refusal('InvalidParameterException', 400, 'The specified nextToken is invalid.');
  const position = Number(at);
  return direction === 'f'
    ? [position, Math.min(position + limit, length)]
    : [Math.max(0, position - limit), position];
}
