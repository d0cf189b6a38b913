import type { RegisterJobDefinitionRequest, SubmitJobRequest } from '@aws-sdk/client-batch';
import { isThrottling } from '../../aws/remote-error.ts';
import type { JobRequest, SubmitOutcome } from '../engine.ts';
import type { BatchClients } from './clients.ts';
import { type ConcurrencyLimit, ensureLimit, type LimitState, limitOf } from './concurrency.ts';
import { contentTag, definitionContent } from './definition-content.ts';
import { ensureDefinition } from './definitions.ts';
import { lookAtQueue, type QueueState } from './queue.ts';
import { refusedFor } from './refusal.ts';
import type { BatchSettings } from './settings.ts';
import { submitInput } from './submit-input.ts';

export type Prepared = { readonly outcome: 'ready'; readonly input: SubmitJobRequest } | SubmitOutcome;

/** What a submission needs first, asked for once per process: the state of its queue, its definition, its limit. */
export class Preparation {
  readonly #clients: BatchClients;
  readonly #settings: BatchSettings;
  readonly #queues = new Map<string, Promise<QueueState>>();
  /** By content. */
  readonly #definitions = new Map<string, Promise<string>>();
  readonly #limits = new Map<string, Promise<LimitState>>();

  constructor(clients: BatchClients, settings: BatchSettings) {
    this.#clients = clients;
    this.#settings = settings;
  }

  /** Submits nothing. When it takes longer than `patienceMs`, the caller may come again: what was asked is kept. */
  async prepare(request: JobRequest, patienceMs: number): Promise<Prepared> {
    if (patienceMs <= 0) return { outcome: 'throttled' };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Prepared>((resolve) => {
      timer = setTimeout(() => resolve({ outcome: 'throttled' }), patienceMs);
    });
    try {
      return await Promise.race([this.#prepare(request), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #prepare(request: JobRequest): Promise<Prepared> {
    try {
      const queue = await this.#queue(request.queue);
      if (!queue.ready) return { outcome: 'refused', reason: queue.reason, fix: queue.fix };
      const limit = await this.#limit(request);
      if (!limit.ready) return { outcome: 'refused', reason: limit.reason, fix: limit.fix };
      const definition = await this.#definition(definitionContent(this.#settings, request));
      return { outcome: 'ready', input: submitInput(request, { definition, shared: queue.shared }) };
    } catch (error) {
      return isThrottling(error) ? { outcome: 'throttled' } : refusedFor(error);
    }
  }

  /** For when Batch refuses what was prepared: the queue may have changed, the definition be gone. */
  forget(request: JobRequest): void {
    this.#queues.delete(request.queue);
    this.#definitions.delete(keyOf(definitionContent(this.#settings, request)));
    const limit = limitOf(request);
    if (limit !== undefined) this.#limits.delete(limitKey(limit));
  }

  async #queue(queue: string): Promise<QueueState> {
    const look = () => lookAtQueue(this.#clients, this.#settings.region, queue);
    const state = await kept(this.#queues, queue, look);
    // Somebody may enable it meanwhile.
    if (!state.ready) this.#queues.delete(queue);
    return state;
  }

  async #limit(request: JobRequest): Promise<LimitState> {
    const limit = limitOf(request);
    if (limit === undefined) return { ready: true };
    const state = await kept(this.#limits, limitKey(limit), () =>
      ensureLimit(this.#clients, this.#settings.region, limit),
    );
    // Somebody may delete it meanwhile.
    if (!state.ready) this.#limits.delete(limitKey(limit));
    return state;
  }

  #definition(content: RegisterJobDefinitionRequest): Promise<string> {
    return kept(this.#definitions, keyOf(content), () => ensureDefinition(this.#clients, content));
  }
}

const keyOf = (content: RegisterJobDefinitionRequest) =>
  `${content.jobDefinitionName} ${content.tags?.[contentTag]}`;

const limitKey = ({ name, most }: ConcurrencyLimit) => `${name} ${most}`;

/** The answer kept under this key; asked for where there is none. What fails is not kept. */
async function kept<Value>(
  answers: Map<string, Promise<Value>>,
  key: string,
  ask: () => Promise<Value>,
): Promise<Value> {
  const answer = answers.get(key) ?? ask();
  answers.set(key, answer);
  try {
    return await answer;
  } catch (error) {
    if (answers.get(key) === answer) answers.delete(key);
    throw error;
  }
}
