import { isDeepStrictEqual } from 'node:util';
import type { SubmitJobRequest } from '@aws-sdk/client-batch';
import { awsError, isAmbiguous, isThrottling } from '../../aws/remote-error.ts';
import type { JobRequest, SubmitOutcome } from '../engine.ts';
import { isClientException } from './asked.ts';
import type { BatchClients } from './clients.ts';
import { definitionContent } from './definition-content.ts';
import { largestDefinition, preparePatienceMs, submitPatienceMs } from './limits.ts';
import { Preparation, type Prepared } from './preparation.ts';
import { refusedFor } from './refusal.ts';
import { refuseRequest } from './refuse-request.ts';
import type { BatchSettings } from './settings.ts';

export class Submitter {
  readonly #clients: BatchClients;
  readonly #settings: BatchSettings;
  readonly #preparation: Preparation;

  constructor(clients: BatchClients, settings: BatchSettings) {
    this.#clients = clients;
    this.#settings = settings;
    this.#preparation = new Preparation(clients, settings);
  }

  /** At most one SubmitJob that Batch could have carried out: after its refusal, a second if something was mended. */
  async submit(request: JobRequest): Promise<SubmitOutcome> {
    const reason = refuseRequest(request) ?? this.#tooLarge(request);
    if (reason !== undefined) return { outcome: 'rejected', reason };
    // By the clock on the wall, as leases go: a machine that slept meanwhile must not submit when it wakes up.
    const latest = Date.now() + preparePatienceMs;
    const prepare = async (): Promise<Prepared> => {
      const prepared = await this.#preparation.prepare(request, latest - Date.now());
      return prepared.outcome === 'ready' && Date.now() > latest ? { outcome: 'throttled' } : prepared;
    };
    const first = await prepare();
    if (first.outcome !== 'ready') return first;
    const answer = await this.#call(request, first.input);
    if (answer.outcome !== 'faulted') return answer;
    // What was asked earlier in this process may have changed: look again before calling the request itself wrong.
    this.#preparation.forget(request);
    const second = await prepare();
    if (second.outcome !== 'ready') return second;
    const rejected = { outcome: 'rejected', reason: answer.reason } as const;
    if (isDeepStrictEqual(second.input, first.input) && !mayBeMended(second.input)) return rejected;
    const last = await this.#call(request, second.input);
    return last.outcome === 'faulted' ? { outcome: 'rejected', reason: last.reason } : last;
  }

  #tooLarge(request: JobRequest): string | undefined {
    const size = Buffer.byteLength(JSON.stringify(definitionContent(this.#settings, request)));
    if (size <= largestDefinition) return undefined;
    return `the job definition of image ${request.image.name} would take ${size} bytes, and AWS Batch takes ${largestDefinition}: shorten the environment of the jobs or their ulimits`;
  }

  async #call(request: JobRequest, input: SubmitJobRequest): Promise<SubmitOutcome | Faulted> {
    const { name, queue, size } = request;
    const abortSignal = AbortSignal.timeout(this.#settings.submitTimeoutMs ?? submitPatienceMs);
    try {
      const { jobId } = await this.#clients.submit.submitJob(input, { abortSignal });
      if (jobId === undefined) return { outcome: 'ambiguous', reason: `${name}: AWS Batch named no job` };
      return { outcome: 'submitted', handle: { jobId, queue, size }, definition: input.jobDefinition ?? '' };
    } catch (error) {
      const told = awsError('Batch', 'SubmitJob', error, { resource: queue });
      if (isThrottling(error)) return { outcome: 'throttled' };
      if (isAmbiguous(error)) return { outcome: 'ambiguous', reason: told.message };
      if (isClientException(error)) return { outcome: 'faulted', reason: told.message };
      return refusedFor(told);
    }
  }
}

/** A limit that was gone is there again, by the same name: only Batch can tell. */
const mayBeMended = ({ consumableResourcePropertiesOverride: limit }: SubmitJobRequest) =>
  limit !== undefined;

/** Batch found fault with the request, or with what it names; nothing was made. */
interface Faulted {
  readonly outcome: 'faulted';
  readonly reason: string;
}
