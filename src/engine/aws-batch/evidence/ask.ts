import { readFault } from '../../../aws/fault.ts';

/** Makes calls of which each may fail without the others: what could not be asked is noted by the name of its action. */
export class Asking {
  readonly #notSeen = new Set<string>();

  /** The answer, or nothing. A mistake of ours is thrown, not noted. */
  async ask<Answer>(action: string, call: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await call();
    } catch (error) {
      const { remote } = readFault(error);
      if (!remote) throw error;
      this.#notSeen.add(action);
      return undefined;
    }
  }

  get notSeen(): readonly string[] {
    return [...this.#notSeen].sort();
  }
}
