import type { JobRequest } from '../engine.ts';
import { limitOf } from './concurrency.ts';
import { batchLimits, longestImage, longestName, longestOverrides } from './limits.ts';
import { overridesOf } from './submit-input.ts';

/** Why Batch would never take this request, or would fail the job later; `undefined` when nothing is wrong (AB 2.1). */
export function refuseRequest(request: JobRequest): string | undefined {
  return [wrongSize, wrongAttempts, wrongTimeout, wrongName, wrongLimit, wrongImage, wrongEnvironment]
    .map((rule) => rule(request))
    .find((reason) => reason !== undefined);
}

type Rule = (request: JobRequest) => string | undefined;

const wrongSize: Rule = ({ size }) => {
  const { min, max } = batchLimits.arraySize;
  if (Number.isInteger(size) && size >= 1 && size <= max) return undefined;
  return `an array has ${min} to ${max} slices, or one as a plain job; this one has ${size}`;
};

const wrongAttempts: Rule = ({ attempts }) => {
  const { min, max } = batchLimits.attempts;
  if (Number.isInteger(attempts) && attempts >= min && attempts <= max) return undefined;
  return `attempts must be ${min} to ${max}, not ${attempts}`;
};

const wrongTimeout: Rule = ({ timeoutSeconds }) =>
  timeoutSeconds > 0 && Number.isFinite(timeoutSeconds)
    ? undefined
    : `the timeout must be above 0 s, not ${timeoutSeconds}`;

const wrongName: Rule = ({ name }) =>
  /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name) && name.length <= longestName
    ? undefined
    : `the job name "${name}" must have at most ${longestName} letters, digits, - and _, and begin with a letter or digit`;

const wrongLimit: Rule = (request) => {
  const { concurrent = 1 } = request.resources;
  if (!Number.isInteger(concurrent) || concurrent < 1)
    return `\`concurrent\` must be a whole number of at least 1, not ${concurrent}`;
  const { name } = limitOf(request) ?? { name: 'none' };
  if (/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name) && name.length <= longestName) return undefined;
  return `the limit "${name}" must have at most ${longestName} letters, digits, - and _`;
};

/** Anything but a digest could be another program at the next attempt. */
const wrongImage: Rule = ({ image: { name, reference } }) => {
  if (reference === undefined || !/@sha256:[0-9a-f]{64}$/.test(reference)) {
    return `image ${name} has no reference with a digest${reference === undefined ? '' : ` (only ${reference})`}: push it to a registry that the account can read, and name it as <repository>@sha256:<64 hex digits>`;
  }
  if (reference.length <= longestImage) return undefined;
  return `the reference of image ${name} has ${reference.length} characters; AWS Batch takes ${longestImage}`;
};

const wrongEnvironment: Rule = (request) => {
  // AB 2.2.
  const reserved = Object.keys(request.environment).find((name) => name.startsWith('AWS_BATCH'));
  if (reserved !== undefined) return `${reserved}: names that begin with AWS_BATCH belong to AWS Batch`;
  const { length } = JSON.stringify(overridesOf(request));
  if (length <= longestOverrides) return undefined;
  // Batch would take the job, and fail every slice of it later (AB 2.6).
  const [longest = ''] = Object.entries(request.environment)
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([name]) => name);
  return `the job's variables and resources take ${length} characters, and AWS Batch fails jobs with much more than ${longestOverrides}: shorten ${longest}, which is the longest, or keep its value in the store`;
};
