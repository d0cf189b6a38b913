/** `node:timers/promises`, on the clock of the simulation. */
export const setTimeout = <T>(ms: number, value: T): Promise<T> =>
  new Promise((resolve) => globalThis.setTimeout(() => resolve(value), ms));
