import type { EngineLimits, JobRequest } from '../engine.ts';

/** Why a request can never be a job; undefined when it can. The limits are those of Batch (AB 2.1, 2.2, 2.9). */
export function refuseRequest(request: JobRequest, limits: EngineLimits): string | undefined {
  const { size, attempts, timeoutSeconds, resources, environment } = request;
  const { arraySize } = limits;
  if (!Number.isInteger(size) || size < 1 || size > arraySize.max) {
    return `an array has ${arraySize.min} to ${arraySize.max} slices, or one as a plain job; this one has ${size}`;
  }
  if (!Number.isInteger(attempts) || attempts < limits.attempts.min || attempts > limits.attempts.max) {
    return `attempts must be ${limits.attempts.min} to ${limits.attempts.max}, not ${attempts}`;
  }
  if (!(timeoutSeconds > 0)) return `the timeout must be above 0 s, not ${timeoutSeconds}`;
  if (!(resources.vcpus > 0)) return `a slice needs more than 0 vCPUs, not ${resources.vcpus}`;
  const reserved = Object.keys(environment).find((name) => name.startsWith('AWS_BATCH'));
  if (reserved !== undefined) return `${reserved}: names that begin with AWS_BATCH belong to the engine`;
  return undefined;
}
