import { join } from 'node:path';
import type {
  ContainerSettings,
  LocalEngine,
  LocalEngineOptions,
} from '../../src/engine/local/local-engine.ts';
import { openAt } from './local/local-harness.ts';

/** Long enough for Docker to pass on a signal. */
const patience = { grace: 3_000, lifeline: 5_000, retry: 10, longestRetry: 10, poll: 50 };

export const scriptedWorker = join(import.meta.dirname, 'local/scripted-worker.mjs');

export function containerSettings(
  images: string,
  changed: Partial<ContainerSettings> = {},
): ContainerSettings {
  return {
    docker: 'docker',
    forNewJobs: true,
    workerBundle: scriptedWorker,
    node: process.execPath,
    folder: (image) => join(images, image),
    ...changed,
  };
}

export function openWithContainers(
  directory: string,
  containers: ContainerSettings,
  options: Partial<LocalEngineOptions> = {},
): Promise<LocalEngine> {
  // What is no container would be this, and fail.
  const workerCommand = ['/nonexistent'];
  return openAt(directory, { patience, workerCommand, containers, ...options });
}
