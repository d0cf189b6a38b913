import { RemoteError } from '../errors.ts';
import type { RunDeps } from './deps.ts';
import { voidAfterSeconds } from './promise.ts';

/**
 * Awaits what a launch writes. Where the store fails, the error says what that leaves behind: a launch submits nothing
 * before all of it is there.
 * @param promisedUsd set aside for a run that is not there yet.
 */
export async function writing<T>(
  { settings }: Pick<RunDeps, 'settings'>,
  written: Promise<T>,
  promisedUsd: number,
): Promise<T> {
  try {
    return await written;
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    const { service, operation, requestId, denied, message } = error;
    const left = [
      'Nothing was submitted. Once that is mended, the same command goes on where this one stopped.',
    ];
    if (settings.money.monthUsd !== undefined && promisedUsd > 0) {
      left.push(
        `What it set aside of \`money.month_usd\` is free again in ${voidAfterSeconds / 60} minutes, unless it is repeated.`,
      );
    }
    throw new RemoteError(
      { service, operation, denied, ...(requestId !== undefined && { requestId }) },
      [message, ...left].join('\n  '),
      { cause: error.cause },
    );
  }
}
