import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobHandle, JobRequest, Observation } from '../../../src/engine/engine.ts';
import {
  type LocalEngine,
  type LocalEngineOptions,
  openLocalEngine,
} from '../../../src/engine/local/local-engine.ts';
import { type Script, scriptVariable } from '../../contract/engine-bench.ts';

export const workerCommand = [process.execPath, join(import.meta.dirname, 'scripted-worker.mjs')];

/** Short patience: tests wait for facts, not for clocks. */
export const patience = { grace: 500, lifeline: 1_000, retry: 10, longestRetry: 10, poll: 20 };

export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'muster-engine-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

export function openAt(directory: string, options: Partial<LocalEngineOptions> = {}): Promise<LocalEngine> {
  return openLocalEngine({ directory, parallel: 2, workerCommand, patience, ...options });
}

export interface Wanted {
  readonly name?: string;
  readonly size?: number;
  readonly attempts?: number;
  readonly timeoutSeconds?: number;
  readonly resources?: Partial<JobRequest['resources']>;
  readonly concurrentWith?: string;
  readonly script?: Script;
  readonly environment?: Readonly<Record<string, string>>;
}

export function jobRequest(wanted: Wanted): JobRequest {
  return {
    name: wanted.name ?? 'job',
    queue: 'local',
    size: wanted.size ?? 1,
    image: { name: 'demo', identity: 'a'.repeat(64) },
    resources: {
      vcpus: 1,
      memoryMib: 128,
      gpus: 0,
      architecture: 'amd64',
      capacity: 'on-demand',
      ulimits: {},
      ...wanted.resources,
    },
    ...(wanted.concurrentWith === undefined ? {} : { concurrentWith: wanted.concurrentWith }),
    attempts: wanted.attempts ?? 1,
    timeoutSeconds: wanted.timeoutSeconds ?? 600,
    environment: {
      [scriptVariable]: JSON.stringify(wanted.script ?? { default: ['exit 0'] }),
      ...wanted.environment,
    },
    tags: {},
  };
}

export async function submitTo(engine: LocalEngine, wanted: Wanted): Promise<JobHandle> {
  const outcome = await engine.submit(jobRequest(wanted));
  if (outcome.outcome !== 'submitted') throw new Error(`not submitted: ${JSON.stringify(outcome)}`);
  return outcome.handle;
}

export async function observed(engine: LocalEngine, handle: JobHandle): Promise<Observation> {
  const seen = (await engine.observe([handle])).get(handle.jobId);
  if (seen === undefined) throw new Error('no answer');
  return seen;
}

export async function countsOf(engine: LocalEngine, handle: JobHandle) {
  const seen = await observed(engine, handle);
  if (seen.state === 'gone') throw new Error('gone');
  return seen.counts;
}

export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let look = 0; look < 1_000; look++) {
    if (await condition()) return;
    await sleep(20);
  }
  throw new Error('it never came true');
}
