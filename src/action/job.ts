import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigurationError } from '../errors.ts';

/** What the runner says about the job that an action is a step of (GH 5.4). */
export interface Job {
  /** `owner/name`. */
  readonly repository: string;
  /** The same in all attempts of a workflow run. */
  readonly runId: string;
  /** Who started it. */
  readonly actor: string;
  readonly workspace: string;
  /** A folder that goes with the job. */
  readonly temp: string;
  readonly apiUrl: string;
  readonly serverUrl: string;
  readonly event: string;
  /** Present on a pull request. */
  readonly pull?: { readonly number: number; readonly fromFork: boolean };
  /** Where a token for the cloud is asked for; absent without `id-token: write`. */
  readonly hasIdToken: boolean;
}

const environmentSchema = z.object({
  GITHUB_REPOSITORY: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  GITHUB_RUN_ID: z.string().regex(/^\d+$/).default('0'),
  GITHUB_TRIGGERING_ACTOR: z.string().optional(),
  GITHUB_ACTOR: z.string().default('somebody'),
  GITHUB_WORKSPACE: z.string().min(1),
  RUNNER_TEMP: z.string().min(1),
  GITHUB_API_URL: z.string().default('https://api.github.com'),
  GITHUB_SERVER_URL: z.string().default('https://github.com'),
  GITHUB_EVENT_NAME: z.string().default(''),
  GITHUB_EVENT_PATH: z.string().default(''),
  ACTIONS_ID_TOKEN_REQUEST_URL: z.string().default(''),
});

const eventSchema = z.object({
  pull_request: z
    .object({
      number: z.number().int(),
      // Null when the fork has been deleted.
      head: z.object({ repo: z.object({ full_name: z.string() }).nullable() }),
    })
    .optional(),
});

/** Throws `ConfigurationError` outside of a runner. */
export function readJob(environment: NodeJS.ProcessEnv): Job {
  const read = environmentSchema.safeParse(environment);
  if (!read.success) {
    throw new ConfigurationError({
      file: 'environment of the runner',
      message: read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
      fix: 'Actions run as steps of a workflow. On a machine of your own use the command line: muster --help.',
    });
  }
  const env = read.data;
  const { pull_request: pull } = readEvent(env.GITHUB_EVENT_PATH);
  const actor = env.GITHUB_TRIGGERING_ACTOR || env.GITHUB_ACTOR;
  const fromOutside = pull?.head.repo?.full_name !== env.GITHUB_REPOSITORY;
  return {
    repository: env.GITHUB_REPOSITORY,
    runId: env.GITHUB_RUN_ID,
    ...{ actor, workspace: env.GITHUB_WORKSPACE, temp: env.RUNNER_TEMP },
    ...{ apiUrl: env.GITHUB_API_URL, serverUrl: env.GITHUB_SERVER_URL, event: env.GITHUB_EVENT_NAME },
    // What Dependabot starts is as little trusted as a fork (GH 4.1).
    ...(pull && { pull: { number: pull.number, fromFork: fromOutside || actor === 'dependabot[bot]' } }),
    hasIdToken: env.ACTIONS_ID_TOKEN_REQUEST_URL !== '',
  };
}

function readEvent(path: string): z.output<typeof eventSchema> {
  if (path === '') return {};
  try {
    return eventSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new ConfigurationError(
      {
        file: path,
        message: 'the event of this workflow run cannot be read',
        fix: 'Run the workflow again.',
      },
      { cause },
    );
  }
}
