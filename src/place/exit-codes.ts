import { ConfigurationError, describeProblem, PreflightError, RemoteError } from '../errors.ts';
import { BuildError } from '../image/build-error.ts';
import { refusalLines } from '../report/preflight-text.ts';
import { asCalled } from './called-as.ts';

/** What the shell sees. */
export const exitCodes = {
  /** Every combination succeeded. */
  succeeded: 0,
  /** Some combinations failed or are missing; an image that cannot be built, or is not what it should be. */
  incomplete: 1,
  /** The user's file or arguments, or an account that would not do what they ask. */
  configuration: 2,
  /** A remote service, or the disk standing in for one. */
  remote: 3,
  /** Our bug. */
  bug: 70,
  /** Ctrl-C, after a clean stop: 128 + SIGINT. */
  interrupted: 130,
} as const;

function describeRemote(error: RemoteError): string {
  const { service, operation, message, requestId, cause } = error;
  // Those of AWS name their call, the request and the reason themselves.
  if (message.startsWith(`${service}: ${operation}`)) return message;
  const request = requestId === undefined ? '' : ` (request ${requestId})`;
  // A schema's own message is a page of JSON; what matters of it is in ours.
  const why = cause instanceof Error ? cause.message : '';
  const because = why === '' || why.includes('\n') ? '' : `\n  because: ${why}`;
  return `${service} ${operation}: ${message}${request}${because}`;
}

const nothingDone =
  'Nothing was submitted. Mend it and repeat the command; --no-preflight goes on without looking.';

/** How an error ends the command: its code, and what stderr says. */
export function explainError(error: unknown): { readonly code: number; readonly text: string } {
  if (error instanceof ConfigurationError) {
    return { code: exitCodes.configuration, text: asCalled(error.problems.map(describeProblem).join('\n')) };
  }
  if (error instanceof PreflightError) {
    const lines = [...refusalLines(error.findings), nothingDone];
    return { code: exitCodes.configuration, text: asCalled(lines.join('\n')) };
  }
  if (error instanceof RemoteError) {
    return { code: exitCodes.remote, text: asCalled(describeRemote(error)) };
  }
  // The builder has said what is wrong with the folder, in its own words.
  if (error instanceof BuildError) return { code: exitCodes.incomplete, text: error.message };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: exitCodes.bug,
    text: `This is a bug in Muster. Please report it with these lines:\n${stack}`,
  };
}
