import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { AwsSettings } from '../aws/settings.ts';
import { ConfigurationError } from '../errors.ts';
import type { Check } from '../preflight/finding.ts';
import type { ReadConfiguration } from '../run/configuration.ts';
import type { Decisions } from '../run/decide.ts';
import { type GithubAccess, type GithubFacts, gatherGithub } from './github.ts';
import { judgeGithub } from './judge-github.ts';
import { judgeMachine } from './judge-machine.ts';
import { judgeAccount, judgeConfiguration, judgeStore } from './judge-place.ts';
import { gatherMachine } from './machine.ts';
import { gatherTrusts } from './oidc-trust.ts';
import { gatherAccount, gatherStore } from './place.ts';

export interface DoctorRequest {
  /** Of the repository one stands in. */
  readonly root: string;
  /** Of Muster: the folder with `dist`. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Reads `muster.yaml` and decides where state and slices go. Throws `ConfigurationError`. */
  readonly read: () => { readonly configuration: ReadConfiguration; readonly decisions: Decisions };
  readonly aws: AwsSettings;
}

/** Looks at the machine, the repository and whoever types commands; changes nothing. */
export async function doctor(request: DoctorRequest): Promise<readonly Check[]> {
  const { root, home, read, environment } = request;
  const place = readPlace(read);
  const known = 'configuration' in place ? place : undefined;
  const [machine, ofPlace, github] = await Promise.all([
    gatherMachine(root, home),
    known && gatherPlace(request, known),
    gatherRepository(root, environment),
  ]);
  const canAsk = ofPlace?.account?.source.known === true && ofPlace.account.region !== undefined;
  const variables = typeof github === 'object' && github.variables.known ? github.variables.value : undefined;
  const trusts = canAsk && variables ? await gatherTrusts(ofPlace.settings, variables) : [];
  const queues = Object.entries(known?.configuration.configuration.queues ?? {});
  return [
    ...judgeMachine(machine),
    ...judgeAccount(
      ofPlace?.account,
      queues.map(([name, { arn }]) => ({ name, arn })),
    ),
    judgeStore(ofPlace?.store),
    judgeConfiguration('problems' in place ? place : undefined, existsSync(join(root, 'muster.yaml'))),
    ...judgeGithub(github, trusts),
  ];
}

type Place = ReturnType<DoctorRequest['read']>;

function readPlace(read: DoctorRequest['read']): Place | ConfigurationError {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
}

async function gatherPlace({ root, aws }: DoctorRequest, { decisions }: Place) {
  const { region, store, engine } = decisions;
  const settings = region === undefined ? aws : { ...aws, region: region.value };
  const { file, line } = store.from;
  const isAws = engine.value === 'aws-batch' || store.value.startsWith('s3://');
  const account = isAws ? await gatherAccount(settings, region) : undefined;
  // Without credentials or region the store would say the same again.
  const canAsk = account === undefined || (account.source.known && region !== undefined);
  const from = line === undefined ? file : `${file}:${line}`;
  return {
    settings,
    account,
    store: canAsk ? await gatherStore(locationOf(root, store.value), from, settings) : undefined,
  };
}

const locationOf = (root: string, store: string) =>
  isAbsolute(store) || /^[a-z0-9]+:\/\//.test(store) ? store : join(root, store);

/** What GitHub says, or why nobody asks it. */
async function gatherRepository(
  root: string,
  environment: DoctorRequest['environment'],
): Promise<GithubFacts | string> {
  const token = environment.GITHUB_TOKEN || environment.GH_TOKEN || undefined;
  if (token === undefined) return 'no token is set (GITHUB_TOKEN or GH_TOKEN; `gh auth token` prints one)';
  const repository = environment.GITHUB_REPOSITORY || repositoryOf(root);
  const [, owner, name] = /^([\w.-]+)\/([\w.-]+)$/.exec(repository ?? '') ?? [];
  if (owner === undefined || name === undefined) return 'no remote `origin` on GitHub is known';
  const api = environment.GITHUB_API_URL || undefined;
  const access: GithubAccess = { token, owner, name, ...(api !== undefined && { api }) };
  return gatherGithub(root, access);
}

/** `owner/name` of the remote `origin`, by HTTPS or SSH. */
function repositoryOf(root: string): string | undefined {
  try {
    const url = execFileSync('git', ['-C', root, 'remote', 'get-url', 'origin'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?\s*$/.exec(url.toString())?.[1];
  } catch {
    return undefined;
  }
}
