import { LogStreams } from './log-streams.ts';
import { defaultLags, type Lag, type Lags, type ReferenceBatchOptions } from './options.ts';
import { hex, seeded } from './random.ts';
import type { RunningAttempt } from './running-attempt.ts';
import type { Timeline } from './timeline.ts';

/** What every part of the model stands on. */
export interface World {
  readonly timeline: Timeline;
  readonly region: string;
  readonly account: string;
  readonly lags: Lags;
  readonly logs: LogStreams;
  readonly raggedPages: boolean;
  random(): number;
  /** 32 hex digits, other ones at every call. */
  serial(): string;
  start(attempt: RunningAttempt): void;
  pull(image: string): string | undefined;
}

export function makeWorld(options: ReferenceBatchOptions): World {
  const random = options.random ?? seeded(1);
  const raggedPages = options.raggedPages ?? true;
  const ours = hex(random, 24);
  let count = 0;
  return {
    timeline: options.timeline,
    region: options.region ?? 'us-east-1',
    account: options.account ?? '123456789012',
    lags: checkedLags({ ...defaultLags, ...options.lags }),
    logs: new LogStreams(options.timeline, () => raggedPages && random() < 0.2),
    raggedPages,
    random,
    serial: () => `${ours}${(count++).toString(16).padStart(8, '0')}`,
    start: options.start,
    pull: options.pull ?? (() => undefined),
  };
}

/** A world that shows things later than the control plane can know of would prove nothing. */
function checkedLags(lags: Lags): Lags {
  for (const [name, lag] of [
    ['summary', lags.summary],
    ['listing', lags.listing],
  ] as const)
    if (longest(lag) > 60) throw new Error(`The lag of the ${name} is above 60 s, the bound that is assumed`);
  return lags;
}

/** Seconds. */
export function longest(lag: Lag): number {
  return typeof lag === 'number' ? lag : lag[1];
}

/** Milliseconds. */
export function draw(world: World, lag: Lag): number {
  if (typeof lag === 'number') return lag * 1000;
  const [least, most] = lag;
  return Math.round((least + (most - least) * world.random()) * 1000);
}

/** Does it after the lag, through the timeline also where there is none. */
export function after(world: World, lag: Lag, action: () => void): void {
  world.timeline.at(world.timeline.now() + draw(world, lag), action);
}

export function arn(world: World, resource: string, service = 'batch'): string {
  return `arn:aws:${service}:${world.region}:${world.account}:${resource}`;
}
