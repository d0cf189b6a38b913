import { answerOf } from '../../../aws/answer.ts';
import type { Unseen } from './evidence.ts';

/** Makes calls of which each may fail without the others: what could not be asked is noted by its action, with why. */
export class Asking {
  readonly #notSeen = new Map<string, string>();

  /** The answer, or nothing. A mistake of ours is thrown, not noted. */
  async ask<Value>(action: string, call: () => Promise<Value>): Promise<Value | undefined> {
    const answer = await answerOf(action, call);
    if (answer.known) return answer.value;
    if (!this.#notSeen.has(action)) this.#notSeen.set(action, answer.why);
    return undefined;
  }

  get notSeen(): readonly Unseen[] {
    return [...this.#notSeen]
      .map(([action, why]) => ({ action, why }))
      .sort((one, other) => (one.action < other.action ? -1 : 1));
  }
}
