import type { EngineLimits } from '../engine.ts';

/** Of one SubmitJob, in milliseconds (design, section 5). */
export const submitPatienceMs = 30_000;
/** Of what is asked before it, in milliseconds: the rest of what the submitter's lease keeps, and some to spare. */
export const preparePatienceMs = 25_000;

/** AB 2.1, 2.3, 2.9; how far a listing lags is an assumption (AB 2.11 [MEM]). */
export const batchLimits = {
  arraySize: { min: 2, max: 10_000 },
  attempts: { min: 1, max: 10 },
  remembersDays: 7,
  listingLag: 60,
  submitSeconds: (preparePatienceMs + submitPatienceMs) / 1000,
  explainIsFree: false,
} as const satisfies EngineLimits;

/** Ids that one DescribeJobs takes (AB 2.5). */
export const describedAtOnce = 100;
/** Of one attempt, in seconds (AB 2.1). */
export const shortestTimeout = 60;
/** Characters of the serialised overrides: ECS fails jobs above 8,192, to which it adds its own variables (AB 2.6). */
export const longestOverrides = 7_500;
/** Bytes of a job definition: 24 KiB (AB 2.1). */
export const largestDefinition = 24 * 1024;
/** Characters of the reason of a termination (AB 2.1). */
export const longestReason = 1_024;
/** Characters of an image's reference (AB 6.1). */
export const longestImage = 255;
/** Of a job's and a definition's name (AB 2.1). */
export const longestName = 128;
