import { readFault } from '../../../aws/fault.ts';
import { awsError } from '../../../aws/remote-error.ts';
import type { Unseen } from './evidence.ts';

/** Makes calls of which each may fail without the others: what could not be asked is noted by its action, with why. */
export class Asking {
  readonly #notSeen = new Map<string, string>();

  /** The answer, or nothing. A mistake of ours is thrown, not noted. */
  async ask<Answer>(action: string, call: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await call();
    } catch (error) {
      if (!readFault(error).remote) throw error;
      if (!this.#notSeen.has(action)) this.#notSeen.set(action, whyNot(action, error));
      return undefined;
    }
  }

  get notSeen(): readonly Unseen[] {
    return [...this.#notSeen]
      .map(([action, why]) => ({ action, why }))
      .sort((one, other) => (one.action < other.action ? -1 : 1));
  }
}

/** As the SDK calls the services whose actions begin so. */
const services: Readonly<Record<string, string>> = {
  ...{ autoscaling: 'AutoScaling', batch: 'Batch', ec2: 'EC2', ecs: 'ECS' },
};

function whyNot(action: string, error: unknown): string {
  const [prefix = '', operation = ''] = action.split(':');
  return awsError(services[prefix] ?? prefix, operation, error).message;
}
