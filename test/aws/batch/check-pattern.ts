import type { JobTimeout, KeyValuePair, RetryStrategy } from '@aws-sdk/client-batch';
import { clientException } from './refusal.ts';

/** AB 2.1: of jobs, definitions and queues. */
export function checkName(what: string, name: string | undefined): void {
  if (name === undefined || !/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(name))
    throw clientException(
      `${what} should match valid pattern: first alphanumeric, then up to 127 letters, digits, hyphens and underscores`,
    );
}

/** AB 2.9. */
export function checkRetry(strategy: RetryStrategy | undefined): void {
  if (strategy === undefined) return;
  const { attempts, evaluateOnExit } = strategy;
  if (attempts === undefined && evaluateOnExit !== undefined)
    throw clientException('attempts must be given with evaluateOnExit');
  if (attempts !== undefined && (!Number.isInteger(attempts) || attempts < 1 || attempts > 10))
    throw clientException('attempts must be between 1 and 10');
  if (evaluateOnExit === undefined) return;
  if (evaluateOnExit.length > 5) throw clientException('evaluateOnExit takes at most 5 entries');
  for (const { onExitCode, onReason, onStatusReason, action } of evaluateOnExit) {
    if (!/^(retry|exit)$/i.test(action ?? '')) throw clientException('action must be RETRY or EXIT');
    if (onExitCode !== undefined && !/^(?=.)[0-9]*\*?$/.test(onExitCode))
      throw clientException('onExitCode takes digits and a trailing asterisk');
    for (const pattern of [onReason, onStatusReason])
      if (pattern !== undefined && !isPattern(pattern))
        throw clientException(
          `${pattern}: a pattern takes letters, digits, periods, colons and white space, and a trailing asterisk`,
        );
  }
}

function isPattern(text: string): boolean {
  return text.length > 0 && text.length <= 512 && /^[A-Za-z0-9.:\s]*\*?$/.test(text);
}

/** AB 2.1. */
export function checkTimeout(timeout: JobTimeout | undefined): void {
  const seconds = timeout?.attemptDurationSeconds;
  if (timeout !== undefined && (seconds === undefined || seconds < 60))
    throw clientException('attemptDurationSeconds must be at least 60');
}

/** AB 2.1. */
export function checkTags(tags: Record<string, string> | undefined): void {
  const entries = Object.entries(tags ?? {});
  if (entries.length > 50) throw clientException('At most 50 tags can be given');
  for (const [key, value] of entries)
    if (key.length < 1 || key.length > 128 || value.length > 256 || key.startsWith('aws:'))
      throw clientException(`Tag ${key} is not valid`);
}

/** AB 2.2. */
export function checkEnvironment(environment: readonly KeyValuePair[] | undefined): void {
  for (const { name } of environment ?? [])
    if (name?.startsWith('AWS_BATCH'))
      throw clientException(`${name}: environment variables cannot start with AWS_BATCH`);
}
