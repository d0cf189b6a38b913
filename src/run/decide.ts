import { ConfigurationError, type Problem } from '../errors.ts';
import type { Configuration, ReadConfiguration } from './configuration.ts';
import { regionOfArn } from './configuration-checks.ts';
import type { Place } from './configuration-source.ts';

/** Something that was decided, and the place that said it. */
export interface Decided<T> {
  readonly value: T;
  readonly from: Place;
}

export interface Decisions {
  readonly store: Decided<string>;
  readonly engine: Decided<Configuration['engine']>;
  /** Absent: nobody said it, and what needs one asks the profile. */
  readonly region?: Decided<string>;
}

/** Of the command line. */
export interface Given {
  readonly store?: string;
  readonly engine?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that overrule `muster.yaml`; an empty one says nothing. */
export const variables = {
  store: 'MUSTER_STORE',
  engine: 'MUSTER_ENGINE',
  region: 'MUSTER_REGION',
  stage: 'MUSTER_STAGE',
} as const;

/** The stage of `muster.yaml` to go by. */
export const stageOf = (given: string | undefined, environment: Environment): string | undefined =>
  given ?? said(environment, variables.stage);

/** What goes: the command line before the environment before `muster.yaml` before what is built in. Pure. */
export function decide(read: ReadConfiguration, given: Given, environment: Environment): Decisions {
  const { configuration } = read;
  const store = overruled(given.store, environment, variables.store) ?? {
    value: configuration.store,
    from: read.place('store'),
  };
  refuseSlip(store);
  const engine = knownEngine(
    overruled(given.engine, environment, variables.engine) ?? {
      value: configuration.engine,
      from: read.place('engine'),
    },
  );
  const region = regionOf(read, environment);
  const problems = engine.value === 'aws-batch' ? batchProblems(configuration, engine, store, region) : [];
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { store, engine, ...(region !== undefined && { region }) };
}

/** The place a problem with this variable is at. */
const placeOf = (variable: string): Place => ({ file: `environment variable ${variable}` });
const commandLine: Place = { file: 'command line' };

const said = (environment: Environment, variable: string): string | undefined =>
  environment[variable] === '' ? undefined : environment[variable];

function overruled(
  given: string | undefined,
  environment: Environment,
  variable: string,
): Decided<string> | undefined {
  if (given !== undefined) return { value: given, from: commandLine };
  const value = said(environment, variable);
  return value === undefined ? undefined : { value, from: placeOf(variable) };
}

const engines = ['local', 'aws-batch'] as const;

function knownEngine({ value, from }: Decided<string>): Decisions['engine'] {
  const known = engines.find((one) => one === value);
  if (known !== undefined) return { value: known, from };
  const message = `there is no engine \`${value}\``;
  throw new ConfigurationError({ ...from, message, fix: `Engines: ${engines.join(', ')}.` });
}

/**
 * `AWS_REGION` is what a shell happens to have: it fills a gap, and only `MUSTER_REGION` overrules the file, whose
 * queues and region belong together.
 */
function regionOf(read: ReadConfiguration, environment: Environment): Decided<string> | undefined {
  const own = overruled(undefined, environment, variables.region);
  if (own !== undefined) return own;
  const { region, queues } = read.configuration;
  if (region !== undefined) return { value: region, from: read.place('region') };
  const [name, queue] = Object.entries(queues)[0] ?? [];
  const home = queue === undefined ? undefined : regionOfArn(queue.arn);
  if (home !== undefined) return { value: home, from: read.place('queues', name ?? '', 'arn') };
  for (const variable of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const value = said(environment, variable);
    if (value !== undefined) return { value, from: placeOf(variable) };
  }
  return undefined;
}

/** Would be taken for a folder of this machine, which is made at once. */
function refuseSlip({ value, from }: Decided<string>): void {
  const [, scheme, rest] = /^(s3|file):\/?(?!\/)(.+)$/i.exec(value) ?? [];
  if (scheme === undefined) return;
  const meant = `${scheme.toLowerCase()}://${scheme.toLowerCase() === 'file' ? '/' : ''}${rest}`;
  const message = `the store ${value} is neither a path nor a URL`;
  throw new ConfigurationError({ ...from, message, fix: `Did you mean ${meant}?` });
}

function batchProblems(
  { queues }: Configuration,
  engine: Decided<string>,
  store: Decided<string>,
  region: Decided<string> | undefined,
): readonly Problem[] {
  const problems: Problem[] = [];
  if (Object.keys(queues).length === 0) {
    problems.push({
      ...engine.from,
      message: 'the engine `aws-batch` needs a job queue, and muster.yaml names none',
      fix: 'Add it: queues: { spot: { arn: <ARN>, architecture: amd64, capacity: spot } }',
    });
  }
  if (!store.value.startsWith('s3://')) {
    problems.push({
      ...store.from,
      message: `the engine \`aws-batch\` needs a store that its containers reach, and ${store.value} is a folder of this machine`,
      fix: 'Use s3://<bucket>/<prefix>: `store` in muster.yaml, MUSTER_STORE, or --store.',
    });
  }
  const foreign = Object.entries(queues).find(([, { arn }]) => regionOfArn(arn) !== region?.value);
  if (foreign !== undefined && region !== undefined) {
    problems.push({
      ...region.from,
      message: `the region is ${region.value}, but queue \`${foreign[0]}\` is in ${regionOfArn(foreign[1].arn)}`,
      fix: 'Leave it to muster.yaml, or choose a stage whose queues are there.',
    });
  }
  return problems;
}
