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

/** The pace of one follower: every answer is the seconds until its next look. */
export class Pace {
  readonly #every: number | undefined;
  readonly #seconds: () => number;
  #seen: string | undefined;
  #unchanged = 0;
  #failures = 0;

  /** @param seconds since it began. */
  constructor(every: number | undefined, seconds: () => number) {
    this.#every = every;
    this.#seconds = seconds;
  }

  /** `picture`: differs from that of the look before where there is something new. */
  afterLook(picture: string): number {
    this.#failures = 0;
    this.#unchanged = picture === this.#seen ? this.#unchanged + 1 : 0;
    this.#seen = picture;
    const looked = { seconds: this.#seconds(), unchanged: this.#unchanged };
    return this.#every ?? lookDelay(looked, Math.random);
  }

  /** `undefined`: give up. */
  afterFailure(): number | undefined {
    this.#failures += 1;
    return retryDelay(this.#failures);
  }
}
