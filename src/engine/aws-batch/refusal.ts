import { awsError } from '../../aws/remote-error.ts';
import { ConfigurationError, RemoteError } from '../../errors.ts';
import type { SubmitOutcome } from '../engine.ts';

/** For a call that made no job and must not be repeated before a person has mended something. Throws what is a bug. */
export function refusedFor(error: unknown): Extract<SubmitOutcome, { outcome: 'refused' }> {
  const told = awsError('Batch', 'SubmitJob', error);
  if (told instanceof ConfigurationError) {
    const [{ message, file, fix = '' } = { message: told.message, file: 'AWS' }] = told.problems;
    return { outcome: 'refused', reason: `${file}: ${message}`, fix };
  }
  // Its words say what to do.
  if (told instanceof RemoteError) return { outcome: 'refused', reason: told.message, fix: '' };
  throw told;
}
