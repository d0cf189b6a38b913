import { join, resolve } from 'node:path';
import type { AwsSettings } from '../aws/settings.ts';
import { ConfigurationError } from '../errors.ts';
import type { Forge } from '../forge/forge.ts';
import { type Github, openGithub } from '../forge/github/connection.ts';
import { githubForge } from '../forge/github.ts';
import { describeLog } from '../place/log-line.ts';
import { openWorkplace, type Workplace, type WorkplaceOptions } from '../place/workplace.ts';
import { noCredentials, roleCredentials } from './credentials.ts';
import type { SharedInputs } from './inputs.ts';
import type { Action } from './run-action.ts';

/** A checkout on a runner, with the account and the repository on GitHub behind it. */
export interface ActionPlace extends AsyncDisposable {
  readonly place: Workplace;
  readonly github: Github;
  /** Slices, state and images can be asked for. */
  readonly hasCredentials: boolean;
}

/** Opens the checkout. Fails here, before anything else, when the role cannot be assumed. */
export async function openActionPlace(
  action: Action<SharedInputs>,
  options: Pick<WorkplaceOptions, 'priced'> = {},
): Promise<ActionPlace> {
  const { inputs, job, voice } = action;
  const github = await openActionGithub(action);
  const forge: Forge = githubForge(github);
  const credentials = await credentialsOf(action);
  const { stage, region } = inputs;
  const variables = region === undefined ? process.env : { ...process.env, AWS_REGION: region };
  const place = await openWorkplace({
    ...options,
    directory: resolve(job.workspace, inputs.directory),
    ...(stage !== undefined && { stage }),
    ...(credentials !== undefined && { credentials }),
    variables,
    actor: job.actor,
    forge: async () => forge,
    log: (event) => {
      const line = describeLog(event).trimEnd();
      if (line !== '') voice.say(line);
    },
  });
  return {
    ...{ place, github, hasCredentials: credentials !== noCredentials },
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

export function openActionGithub({ inputs, job, voice }: Action<SharedInputs>): Promise<Github> {
  const { repository, apiUrl, serverUrl, pull } = job;
  if (inputs.token !== '') voice.hide(inputs.token);
  return openGithub({
    ...{ repository, apiUrl, serverUrl, readOnly: pull?.fromFork === true },
    token: () => {
      if (inputs.token !== '') return inputs.token;
      throw new ConfigurationError({
        file: 'input token',
        message: 'it is empty',
        fix: 'Leave it out: the default is the token of the job.',
      });
    },
    say: (line) => voice.say(line),
  });
}

/** Undefined: those that the SDK finds. */
export async function credentialsOf({
  inputs,
  job,
  voice,
}: Action<Pick<SharedInputs, 'role-arn' | 'region'>>): Promise<AwsSettings['credentials']> {
  // No token for the cloud goes to them (GH 4.1), and a runner may have others that are not ours.
  if (job.pull?.fromFork === true && !job.hasIdToken) return noCredentials;
  const { 'role-arn': roleArn, region } = inputs;
  if (roleArn === undefined) return undefined;
  const { getIDToken } = await import('@actions/core');
  const provider = roleCredentials({
    ...{ roleArn, region, job },
    // It hides the token by a command.
    idToken: () => voice.aloud(() => getIDToken('sts.amazonaws.com')),
  });
  const { secretAccessKey, sessionToken } = await provider();
  for (const secret of [secretAccessKey, sessionToken]) if (secret !== undefined) voice.hide(secret);
  return provider;
}

/** What a runner forgets with the job is no place for ensembles. */
export function requireAccount({ local, root }: Workplace): void {
  if (local === undefined) return;
  throw new ConfigurationError({
    file: join(root, 'muster.yaml'),
    message:
      'slices run on the machine that starts them (`engine: local`), and the runner of a workflow goes with its job',
    fix: 'Name the account: engine: aws-batch, a store in S3 and a queue. docs/setup.md shows it.',
  });
}
