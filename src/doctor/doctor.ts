import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { AwsSettings } from '../aws/settings.ts';
import { ConfigurationError } from '../errors.ts';
import type { Check } from '../preflight/finding.ts';
import type { ReadConfiguration } from '../run/configuration.ts';
import type { Decisions } from '../run/decide.ts';
import { gatherGithub } from './github.ts';
import { judgeGithub } from './judge-github.ts';
import { judgeMachine } from './judge-machine.ts';
import { judgeAccount, judgeConfiguration, judgeStore } from './judge-place.ts';
import { gatherMachine } from './machine.ts';
import { assumedRoles, gatherTrusts } from './oidc-trust.ts';
import { type AccountFacts, gatherAccount, gatherStore } from './place.ts';
import { accessOf } from './remote.ts';

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
  const access = accessOf(root, environment);
  const [machine, ofPlace, github] = await Promise.all([
    gatherMachine(root, home),
    known && gatherPlace(request, known),
    typeof access === 'string' ? access : gatherGithub(root, access),
  ]);
  const roles = typeof github === 'string' ? [] : assumedRoles(github);
  const canAsk = ofPlace?.account?.source.known === true && ofPlace.account.region !== undefined;
  const trusts = canAsk ? await gatherTrusts(ofPlace.settings, roles) : noAws;
  const queues = Object.entries(known?.configuration.configuration.queues ?? {});
  const architectures = queues.map(([, { architecture }]) => architecture);
  return [
    ...judgeMachine(machine, known && architectures),
    ...judgeAccount(
      ofPlace?.account,
      queues.map(([name, { arn }]) => ({ name, arn })),
    ),
    judgeStore(ofPlace?.store ?? mendFirst),
    judgeConfiguration('problems' in place ? place : undefined, existsSync(join(root, 'muster.yaml'))),
    ...judgeGithub(github, trusts),
  ];
}

const mendFirst = 'muster.yaml has to be mended first';
const noAws = 'nobody here can ask AWS about roles';

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
  const from = line === undefined ? file : `${file}:${line}`;
  return {
    settings,
    account,
    store: silenceOf(account) ?? (await gatherStore(locationOf(root, store.value), from, settings)),
  };
}

/** What the store would only say again. */
function silenceOf(account: AccountFacts | undefined): string | undefined {
  if (account === undefined) return undefined;
  if (!account.source.known) return 'there are no credentials for AWS';
  return account.region === undefined ? 'no region is set' : undefined;
}

const locationOf = (root: string, store: string) =>
  isAbsolute(store) || /^[a-z0-9]+:\/\//.test(store) ? store : join(root, store);
