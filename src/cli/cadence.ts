/** What a follower knows when it decides how long to wait. */
export interface Looked {
  /** Seconds since it began. */
  readonly seconds: number;
  /** Looks in a row that saw nothing new. */
  readonly unchanged: number;
}

/** Looks in a row without news after which the pace slackens. */
const patience = 4;

/**
 * Seconds until the next look at slices that run elsewhere (AB 12.1): 5 after the first, 15 for five minutes, then 30;
 * 60 while nothing changes, since counts are refreshed now and then only (AB 2.3). `random`, of [0, 1), spreads
 * followers by a fifth either way.
 */
export function lookDelay({ seconds, unchanged }: Looked, random: () => number): number {
  const calm = seconds < 5 ? 5 : seconds < 300 ? 15 : 30;
  const delay = unchanged >= patience ? 60 : calm;
  return delay * (0.8 + 0.4 * random());
}

/** Looks in a row that may fail before a follower gives up: about five minutes of a network that is away. */
const mostFailures = 6;

/** Seconds until a look that failed is tried again; `undefined` when it was one too many. */
export function retryDelay(failures: number): number | undefined {
  return failures >= mostFailures ? undefined : Math.min(60, 10 * 2 ** (failures - 1));
}
