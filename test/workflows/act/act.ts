import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { root } from '../planted.ts';
import { forAct } from './rewrite.ts';

/** The program; `npm run test:workflows` brings it. */
const program = process.env.MUSTER_TEST_ACT ?? 'act';

export interface Event {
  readonly name: 'push' | 'pull_request' | 'schedule' | 'workflow_dispatch';
  /** Of a dispatch. */
  readonly inputs?: Readonly<Record<string, string | boolean>>;
  readonly payload?: Readonly<Record<string, unknown>>;
}

export interface Ran {
  /** 0: all jobs succeeded or were skipped. */
  readonly code: number;
  /** By job: name, and how it ended. Those that were skipped are not there. */
  readonly jobs: Readonly<Record<string, 'success' | 'failure'>>;
  readonly log: string;
}

/** A commit of this repository's workflows and actions, with files of the test beside them, for act on this host. */
export class ActPlace implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'muster-act-'));
  readonly root = join(this.folder, 'repository');

  constructor() {
    for (const name of readdirSync(join(root, '.github/workflows'))) {
      const file = `.github/workflows/${name}`;
      this.write(file, forAct(readFileSync(join(root, file), 'utf8')));
    }
    cpSync(join(root, 'actions'), join(this.root, 'actions'), { recursive: true });
    mkdirSync(join(this.folder, 'home'));
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  /** Everything as it stands becomes the tip of main. */
  commit(): void {
    this.#git('init', '--quiet', '--initial-branch', 'main');
    this.#git('add', '--all', '--force');
    this.#git('commit', '--quiet', '--allow-empty', '--message', 'test');
  }

  #git(...args: readonly string[]): void {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
    const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: this.root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
  }

  /** Runs one workflow. Without docker, and without a network but for what `environment` names. */
  async run(workflow: string, event: Event, { variables, environment }: Surroundings): Promise<Ran> {
    const payload = join(this.folder, 'event.json');
    writeFileSync(payload, JSON.stringify({ ...event.payload, ...inputsOf(event) }));
    const args = [
      ...[event.name, '--workflows', `.github/workflows/${workflow}.yml`, '--eventpath', payload, '--json'],
      ...['--no-cache-server', '--concurrent-jobs', '1', '--secret', 'GITHUB_TOKEN'],
      ...runners.flatMap((label) => ['--platform', `${label}=-self-hosted`]),
      ...Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}=${value}`]),
      ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ];
    const { code, output } = await this.#spawn(args, environment.GITHUB_TOKEN ?? 'no-token');
    return { code, jobs: jobsOf(output), log: output };
  }

  #spawn(args: readonly string[], token: string): Promise<{ code: number; output: string }> {
    // From scratch: nothing of whoever runs the tests.
    const env = { PATH: process.env.PATH ?? '', HOME: join(this.folder, 'home'), GITHUB_TOKEN: token };
    const child = spawn(program, args, { cwd: this.root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    return new Promise((done, failed) => {
      child.once('error', failed);
      child.once('close', (code) => done({ code: code ?? 1, output }));
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Surroundings {
  /** Of the repository's configuration. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of every step; GITHUB_TOKEN is the token of every job. */
  readonly environment: Readonly<Record<string, string>>;
}

/** As GitHub sends them: all are texts (GH 3.4). */
const inputsOf = ({ inputs }: Event) =>
  inputs && {
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)])),
  };

const runners = ['ubuntu-slim', 'ubuntu-24.04', 'ubuntu-24.04-arm'];

const lineSchema = z.looseObject({ jobID: z.string().optional(), jobResult: z.string().optional() });

/** Of a matrix, a failure of one is the job's. */
function jobsOf(output: string): Ran['jobs'] {
  const jobs: Record<string, 'success' | 'failure'> = {};
  for (const line of output.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { jobID, jobResult } = lineSchema.parse(JSON.parse(line));
    if (jobID === undefined || jobResult === undefined || jobs[jobID] === 'failure') continue;
    jobs[jobID] = jobResult === 'success' ? 'success' : 'failure';
  }
  return jobs;
}
