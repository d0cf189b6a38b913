import { existsSync, readdirSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../image/program.ts';

/** What the machine has of what commands need. */
export interface MachineFacts {
  /** `24.21.0`. */
  readonly node: string;
  readonly architecture: 'arm64' | 'amd64';
  /** The commit checked out; absent: no repository, or none yet. */
  readonly commit?: string;
  /** Of a clone of Muster; absent: it was installed, or never built. */
  readonly bundles?: { readonly builtMs: number; readonly changedMs: number };
  readonly docker: DockerFacts;
  readonly scratch: { readonly path: string; readonly freeBytes: number };
}

export interface DockerFacts {
  /** Version of the daemon; absent: none answers. */
  readonly daemon?: string;
  /** What Docker said instead. */
  readonly silence?: string;
  /** Version of the plugin. */
  readonly buildx?: string;
  /** `linux/amd64`, ...; absent: nobody said. */
  readonly platforms?: readonly string[];
}

/** Seconds a program may take to say its version. */
const patience = 10;

/** @param home of Muster: the folder with `src` and `dist`. */
export async function gatherMachine(root: string, home: string): Promise<MachineFacts> {
  const [commit, docker, room] = await Promise.all([headOf(root), gatherDocker(), statfs(tmpdir())]);
  const bundles = bundlesIn(home);
  return {
    node: process.versions.node,
    architecture: arch() === 'arm64' ? 'arm64' : 'amd64',
    ...(commit !== undefined && { commit }),
    ...(bundles !== undefined && { bundles }),
    docker,
    scratch: { path: tmpdir(), freeBytes: room.bavail * room.bsize },
  };
}

async function headOf(root: string): Promise<string | undefined> {
  const { code, stdout } = await ask('git', '-C', root, 'rev-parse', 'HEAD');
  return code === 0 ? stdout.trim() : undefined;
}

async function gatherDocker(): Promise<DockerFacts> {
  const daemon = await ask('docker', 'version', '--format', '{{.Server.Version}}');
  if (daemon.code !== 0) return { silence: daemon.stderr || 'no answer' };
  const buildx = await ask('docker', 'buildx', 'version');
  const known = { daemon: daemon.stdout.trim() };
  if (buildx.code !== 0) return known;
  const builder = await ask('docker', 'buildx', 'inspect');
  const platforms = /^Platforms:\s*(.+)$/m.exec(builder.stdout)?.[1]?.split(/[\s,*]+/);
  return {
    ...known,
    buildx: buildx.stdout.split('\n')[0] ?? '',
    ...(platforms !== undefined && { platforms: platforms.filter((platform) => platform !== '') }),
  };
}

const ask = (program: string, ...args: readonly string[]) =>
  runProgram(program, args, { timeoutSeconds: patience });

function bundlesIn(home: string): MachineFacts['bundles'] {
  const [bundle, source] = [join(home, 'dist', 'cli.mjs'), join(home, 'src')];
  if (!existsSync(bundle) || !existsSync(source)) return undefined;
  const files = readdirSync(source, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const changed = files.map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs);
  return { builtMs: statSync(bundle).mtimeMs, changedMs: Math.max(...changed) };
}
