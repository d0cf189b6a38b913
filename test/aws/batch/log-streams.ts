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
  readonly #showsEmptyPage: () => boolean;
  /** By group, then by stream; a stream without a line is there all the same. */
  readonly #groups = new Map<string, Map<string, Line[] | undefined>>();

  constructor(timeline: Timeline, showsEmptyPage: () => boolean) {
    this.#timeline = timeline;
    this.#showsEmptyPage = showsEmptyPage;
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
    const at = positionOf(nextToken) ?? { back: !startFromHead, line: startFromHead ? 0 : lines.length };
    // AB 8: a page may be empty with lines yet to come; only the token that was sent is the end.
    if (at.skipped !== true && this.#showsEmptyPage()) return page([], at.line, at.line, '/');
    const from = at.back ? Math.max(0, at.line - limit) : at.line;
    const to = at.back ? at.line : Math.min(at.line + limit, lines.length);
    const end = at.skipped === true && from === to ? '/' : '';
    return page(lines.slice(from, to), from, to, end);
  }
}

interface Position {
  readonly back: boolean;
  readonly line: number;
  /** An empty page was shown here. */
  readonly skipped?: boolean;
}

function positionOf(token: string | undefined): Position | undefined {
  if (token === undefined) return undefined;
  const [, direction, line, slash] = /^([fb])\/(\d+)(\/?)$/.exec(token) ?? [];
  if (line === undefined)
    throw new Refusal('InvalidParameterException', 400, 'The specified nextToken is invalid.');
  return { back: direction === 'b', line: Number(line), skipped: slash === '/' };
}

function page(lines: readonly Line[], from: number, to: number, end: '' | '/'): GetLogEventsResponse {
  return {
    events: lines.map((line) => ({ ...line, ingestionTime: line.timestamp })),
    nextForwardToken: `f/${to}${end}`,
    nextBackwardToken: `b/${from}${end}`,
  };
}
