import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AwsSettings } from '../aws/settings.ts';
import { onceAnAttempt } from '../aws/silence.ts';
import { ConfigurationError } from '../errors.ts';
import type { Forge } from '../forge/forge.ts';
import { parseDuration } from '../grid/units.ts';
import type { Configuration } from '../run/configuration.ts';
import { type Decided, type Decisions, decide, stageOf } from '../run/decide.ts';
import { type RunDeps, type RunEventLog, systemClock } from '../run/deps.ts';
import { openStore } from '../store/open.ts';
import { commandLine } from './called-as.ts';
import type { EnginePlace } from './engine-place.ts';
import { openForge } from './forge-place.ts';
import { describeLog } from './log-line.ts';
import { owner } from './owner.ts';
import { findRoot, readMusterYaml, requirePlace } from './root.ts';
import { version } from './version.ts';

export interface WorkplaceOptions {
  /** Where to look for the repository; the working directory without it. */
  readonly directory?: string;
  readonly store?: string;
  readonly engine?: string;
  /** Of `muster.yaml`. */
  readonly stage?: string;
  /** vCPUs the local engine uses. */
  readonly parallel?: number;
  /** Slices submitted from here run in containers. */
  readonly containers?: boolean;
  /** Whether Spot prices are looked up: for what shows or judges an estimate. */
  readonly priced?: boolean;
  readonly log?: (event: RunEventLog) => void;
  /** Environment variables, instead of this process's own. */
  readonly variables?: NodeJS.ProcessEnv;
  /** Instead of those that the SDK finds. */
  readonly credentials?: AwsSettings['credentials'];
  /** Instead of the forge that `muster.yaml` names. */
  readonly forge?: () => Promise<Forge>;
  /** Who acts, instead of the user of this machine. */
  readonly actor?: string;
}

/** A repository with its configuration and the drivers it names: what every command starts from. */
export interface Workplace
  extends AsyncDisposable,
    Pick<EnginePlace, 'local' | 'identify' | 'imageTrouble' | 'missing' | 'preflight' | 'refuse'> {
  readonly root: string;
  readonly configuration: Configuration;
  readonly deps: RunDeps;
  /** Of the clients that are opened beside those of `deps`. */
  readonly aws: AwsSettings;
  /** `words` as a command that goes to this place again. */
  readonly command: (words: string) => string;
}

export async function openWorkplace(options: WorkplaceOptions = {}): Promise<Workplace> {
  const root = findRoot(resolve(options.directory ?? '.'));
  requirePlace(root);
  const { variables = process.env } = options;
  const stage = stageOf(options.stage, variables);
  const read = readMusterYaml(root, stage);
  const { configuration } = read;
  const decisions = decide(read, options, variables);
  const say = options.log ?? ((event: RunEventLog) => void process.stderr.write(describeLog(event)));
  const aws: AwsSettings = {
    ...(decisions.region !== undefined && { region: decisions.region.value }),
    ...(options.credentials !== undefined && { credentials: options.credentials }),
    onSilence: onceAnAttempt((silence) => say({ kind: 'no-answer', ...silence })),
  };
  const store = await openStore(storeLocation(root, decisions.store), placeText(decisions.store.from), aws);
  const place = await openEngine(root, configuration, decisions, aws, options);
  const scratch = mkdtempSync(join(tmpdir(), 'muster-'));
  const { local, identify, imageTrouble, refuse } = place;
  const deps: RunDeps = {
    store,
    engine: place.engine,
    forge: await (options.forge ?? (() => openForge(root, read)))(),
    clock: systemClock,
    planEngine: place.planEngine,
    ...(place.metrics !== undefined && { metrics: place.metrics }),
    settings: settingsOf(configuration),
    ...owner(),
    actor: options.actor ?? userInfo().username,
    version,
    scratch,
    log: options.log ?? (() => {}),
  };
  return {
    ...{ root, configuration, deps, aws, identify, imageTrouble, refuse },
    ...(place.missing !== undefined && { missing: place.missing }),
    ...(place.preflight !== undefined && { preflight: place.preflight }),
    ...(local !== undefined && { local }),
    command: (words) => commandLine(words, options),
    async [Symbol.asyncDispose]() {
      await place[Symbol.asyncDispose]();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** Each is loaded only where it is used: the local engine knows nothing of AWS, and AWS Batch leaves no engine here. */
async function openEngine(
  root: string,
  configuration: Configuration,
  { engine, region, store }: Decisions,
  aws: AwsSettings,
  { parallel, containers, priced }: WorkplaceOptions,
): Promise<EnginePlace> {
  if (engine.value === 'local') {
    // Its workers are started with this environment, and open a store in S3 by themselves.
    if (region !== undefined) process.env.AWS_REGION = region.value;
    const { openLocalPlace } = await import('./local-place.ts');
    return openLocalPlace({
      root,
      ...(parallel !== undefined && { parallel }),
      containers: containers === true,
      usdPerVcpuHour: configuration.money.local_usd_per_vcpu_hour,
    });
  }
  const misplaced = containers === true ? '--containers' : parallel === undefined ? undefined : '--parallel';
  if (misplaced !== undefined) {
    throw new ConfigurationError({
      file: 'command line',
      message: `\`${misplaced}\` is about this machine, and slices run on AWS Batch (${placeText(engine.from)} says so)`,
      fix: 'Leave it out, or add --engine local.',
    });
  }
  const { openBatchPlace } = await import('./batch-place.ts');
  if (region === undefined) throw new Error('queues without a region');
  return openBatchPlace({
    ...{ root, configuration, region: region.value, store: store.value, aws },
    priced: priced === true,
  });
}

/** `muster.yaml:3` or `command line`, inside a sentence. */
const placeText = ({ file, line }: Decided<string>['from']) =>
  line === undefined ? file : `${file}:${line}`;

function settingsOf({ money, watch }: Configuration): RunDeps['settings'] {
  return {
    money: {
      ...(money.run_usd !== undefined && { runUsd: money.run_usd }),
      ...(money.month_usd !== undefined && { monthUsd: money.month_usd }),
      ...(money.approval_above_usd !== undefined && { approvalAboveUsd: money.approval_above_usd }),
      ...(money.ceiling_usd !== undefined && { ceilingUsd: money.ceiling_usd }),
    },
    watchSeconds: parseDuration(watch.every),
  };
}

function storeLocation(root: string, { value, from }: Decided<string>): string {
  if (/^[a-z0-9]+:\/\//.test(value)) return value;
  const path = isAbsolute(value) ? value : join(root, value);
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError(
      { ...from, message: `the store ${value} is no folder and cannot be made one: ${reason}` },
      { cause },
    );
  }
  return pathToFileURL(path).href;
}
