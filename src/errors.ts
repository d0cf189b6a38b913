import type { Finding } from './preflight/finding.ts';

/** One thing wrong in what a user wrote, with the place and the way out. */
export interface Problem {
  /** The file as the user knows it: relative to the repository, or `command line`. */
  readonly file: string;
  /** 1-based; absent when the problem has no single place. */
  readonly line?: number;
  readonly column?: number;
  /** What was found and why it cannot be. */
  readonly message: string;
  /** What to write or run instead. */
  readonly fix?: string;
}

/** The user's file or arguments are wrong: exit 2. Nothing has been written when this is thrown. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[], options?: ErrorOptions) {
    const list: readonly Problem[] = 'message' in problems ? [problems] : problems;
    super(list.map(describeProblem).join('\n'), options);
    this.problems = list;
  }
}

/** The account would not do what is asked of it: exit 2, as for a wrong file. Nothing has been written when this is thrown. */
export class PreflightError extends Error {
  override readonly name = 'PreflightError';
  readonly findings: readonly Finding[];

  /** @param findings errors only: warnings stop nothing. */
  constructor(findings: readonly Finding[]) {
    super(findings.map(({ code, about, seen }) => `${code} (${about}): ${seen}`).join('\n'));
    this.findings = findings;
  }
}

/** A remote service (or the file system standing in for one) refused or failed: exit 3. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly service: string;
  readonly operation: string;
  readonly requestId: string | undefined;
  /** A right is missing: the same call is refused until somebody grants it. */
  readonly denied: boolean;

  constructor(
    at: {
      readonly service: string;
      readonly operation: string;
      readonly requestId?: string;
      readonly denied?: boolean;
    },
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.service = at.service;
    this.operation = at.operation;
    this.requestId = at.requestId;
    this.denied = at.denied ?? false;
  }
}

/** `grids/a.yaml:3:5: message. fix` */
export function describeProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  return `${place}: ${problem.message}${problem.fix === undefined ? '' : `\n  ${problem.fix}`}`;
}
