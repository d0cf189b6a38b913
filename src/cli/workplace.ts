import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { arch, availableParallelism, tmpdir, totalmem, userInfo } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkDocker } from '../engine/local/container/docker.ts';
import { type ContainerSettings, type LocalEngine, openLocalEngine } from '../engine/local/local-engine.ts';
import { bornOf, thisProcess } from '../engine/local/process-identity.ts';
import { ConfigurationError } from '../errors.ts';
import { openLocalForge } from '../forge/local.ts';
import { parseDuration } from '../grid/units.ts';
import { imageFolder, imageTrouble } from '../image/identity.ts';
import { type Configuration, parseConfiguration } from '../run/configuration.ts';
import { type RunDeps, type RunEventLog, systemClock } from '../run/deps.ts';
import { openStore } from '../store/open.ts';
import { calledAs, commandLine } from './called-as.ts';
import { version } from './version.ts';

export interface WorkplaceOptions {
  /** Where to look for the repository; the working directory without it. */
  readonly directory?: string;
  readonly store?: string;
  readonly engine?: string;
  /** vCPUs the local engine uses. */
  readonly parallel?: number;
  /** Slices submitted from here run in containers. */
  readonly containers?: boolean;
  readonly log?: (event: RunEventLog) => void;
}

/** A repository with its configuration and the drivers it names: what every command starts from. */
export interface Workplace extends AsyncDisposable {
  readonly root: string;
  readonly configuration: Configuration;
  readonly deps: RunDeps;
  /** Present when slices run on this machine. */
  readonly local?: LocalEngine;
  /** `words` as a command that goes to this place again. */
  readonly command: (words: string) => string;
}

export async function openWorkplace(options: WorkplaceOptions = {}): Promise<Workplace> {
  const root = findRoot(resolve(options.directory ?? '.'));
  requirePlace(root);
  const configuration = readConfiguration(root);
  const engine = options.engine ?? configuration.engine;
  if (engine !== 'local') {
    throw new ConfigurationError({
      file: options.engine === undefined ? 'muster.yaml' : 'command line',
      message: `this build runs slices on the \`local\` engine only, not on \`${engine}\``,
      fix: 'Use `--engine local`.',
    });
  }
  if (configuration.forge !== 'local') {
    throw new ConfigurationError({
      file: 'muster.yaml',
      message: `this build opens reviews on the \`local\` forge only, not on \`${configuration.forge}\``,
      fix: 'Write `forge: local`, or leave it out.',
    });
  }
  const state = join(root, '.muster');
  const parallel = options.parallel ?? availableParallelism();
  const containers = containerSettings(root, options.containers === true);
  if (containers.forNewJobs) await checkDocker(containers.docker);
  const local = await openLocalEngine({
    directory: join(state, 'engine'),
    parallel,
    workerCommand: workerCommand(),
    imageBin: (image) => {
      const bin = join(root, 'docker', image, 'bin');
      return existsSync(bin) ? bin : undefined;
    },
    imageTrouble: (image) => imageTrouble(root, image),
    containers,
  });
  const scratch = mkdtempSync(join(tmpdir(), 'muster-'));
  const storeFrom = options.store === undefined ? 'muster.yaml' : 'command line';
  const deps: RunDeps = {
    store: openStore(storeLocation(root, options.store ?? configuration.store, storeFrom), storeFrom),
    engine: local,
    forge: await openLocalForge({
      root,
      forgeDir: join(state, 'forge'),
      repository: configuration.repository,
    }),
    clock: systemClock,
    planEngine: {
      kind: 'local',
      vcpus: parallel,
      memoryMib: Math.floor(totalmem() / 2 ** 20),
      architecture: arch() === 'arm64' ? 'arm64' : 'amd64',
      usdPerVcpuHour: configuration.money.local_usd_per_vcpu_hour,
    },
    settings: settingsOf(configuration),
    ...owner(),
    actor: userInfo().username,
    version,
    scratch,
    log: options.log ?? (() => {}),
  };
  return {
    root,
    configuration,
    deps,
    local,
    command: (words) => commandLine(words, options),
    async [Symbol.asyncDispose]() {
      await local[Symbol.asyncDispose]();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** The nearest folder upwards that has a `muster.yaml` or a `grids` folder; else where one stands. */
export function findRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'muster.yaml')) || existsSync(join(folder, 'grids'))) return folder;
    if (dirname(folder) === folder) return from;
  }
}

/** Otherwise a look at the runs from a wrong folder would make a `.muster` there. */
function requirePlace(root: string): void {
  if (['muster.yaml', 'grids', '.muster'].some((name) => existsSync(join(root, name)))) return;
  throw new ConfigurationError({
    file: root,
    message: 'there is no `grids` folder here or above',
    fix: `Go to the folder that has one, or name it: ${calledAs} -C <folder>. A first grid: ${calledAs} new --help`,
  });
}

function readConfiguration(root: string): Configuration {
  const path = join(root, 'muster.yaml');
  return parseConfiguration('muster.yaml', existsSync(path) ? readFileSync(path, 'utf8') : '');
}

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

function storeLocation(root: string, given: string, from: string): string {
  if (/^[a-z0-9]+:\/\//.test(given)) return given;
  const path = isAbsolute(given) ? given : join(root, given);
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError(
      { file: from, message: `the store ${given} is no folder and cannot be made one: ${reason}` },
      { cause },
    );
  }
  return pathToFileURL(path).href;
}

/** Whatever this process submits, it may have to host slices that another submitted for containers. */
function containerSettings(root: string, forNewJobs: boolean): ContainerSettings {
  const here = dirname(fileURLToPath(import.meta.url));
  const bundles = [join(here, 'worker.mjs'), join(here, '../../dist/worker.mjs')];
  const workerBundle = bundles.find((path) => existsSync(path));
  if (forNewJobs && workerBundle === undefined) {
    throw new ConfigurationError({
      file: 'command line',
      message: '`--containers` needs the worker as one file, and there is none',
      fix: 'Make it: npm run build',
    });
  }
  // The one of the dev dependencies is known to run on old systems; that of a distribution may need more of them.
  const node = join(here, '../../node_modules/node/bin/node');
  return {
    docker: 'docker',
    forNewJobs,
    workerBundle: workerBundle ?? join(here, 'worker.mjs'),
    node: realpathSync(existsSync(node) ? node : process.execPath),
    folder: (image) => imageFolder(root, image),
    say: (line) => process.stderr.write(`${line}\n`),
  };
}

/** Bundled: beside this file. From the sources: below the repository's `dist`, or the sources themselves. */
function workerCommand(): readonly string[] {
  const here = dirname(fileURLToPath(import.meta.url));
  const candidates = [
    join(here, 'worker.mjs'),
    join(here, '../../dist/worker.mjs'),
    join(here, '../worker/index.ts'),
  ];
  const worker = candidates.find((path) => existsSync(path));
  if (worker === undefined) throw new Error(`no worker beside ${here}`);
  return [process.execPath, worker];
}

/** A name for leases that tells a dead holder on this machine from a living one. */
function owner(): Pick<RunDeps, 'owner' | 'isGone'> {
  const me = thisProcess();
  const parts = [String(me.pid), me.born, me.machine, randomBytes(4).toString('hex')];
  return {
    owner: parts.join('|'),
    isGone: (other) => {
      const [pid, born, machine] = other.split('|');
      return machine === me.machine && bornOf(Number(pid)) !== born;
    },
  };
}
