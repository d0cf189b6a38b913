import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askDocker } from '../../src/engine/local/container/docker.ts';

/** Why containers cannot be tested here; undefined when they can. */
export async function whyNoContainers(): Promise<string | undefined> {
  const { code, stderr } = await askDocker('docker', ['version'], { timeoutSeconds: 10 });
  return code === 0 ? undefined : `containers are not tested: Docker does not answer here (${stderr})`;
}

const programs = ['sh', 'sleep', 'env', 'cat', 'id', 'head', 'tail', 'mkdir', 'touch'];

/**
 * A folder to build an image from without any network: this machine's own programs and the libraries they need, put
 * on nothing.
 */
export function writeImageFolder(folder: string, extra: readonly string[] = []): void {
  const root = join(folder, 'root');
  const found = programs.map((name) =>
    execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(),
  );
  const place = (from: string, to: string) => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    copyFileSync(from, join(root, to));
  };
  for (const program of [...found, ...extra]) place(program, join('bin', basename(program)));
  for (const file of new Set([...found, ...extra, process.execPath].flatMap(librariesOf))) place(file, file);
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY root/ /\nENV PATH=/usr/local/bin:/bin\n');
}

/** Files that the loader would load, the loader among them. */
function librariesOf(program: string): string[] {
  const listed = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...listed.matchAll(/(\/\S+)/g)].map(([path]) => path);
}

/** Ids of containers of a job, in any state. */
export async function containersOf(jobId: string): Promise<readonly string[]> {
  const { stdout } = await askDocker('docker', [
    'ps',
    '--all',
    '--quiet',
    '--filter',
    `label=muster.job=${jobId}`,
  ]);
  return stdout === '' ? [] : stdout.split('\n');
}

/** Containers are slower than processes: up to two minutes. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let look = 0; look < 1_200; look++) {
    if (await condition()) return;
    await sleep(100);
  }
  throw new Error('it never came true');
}

export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'muster-container-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
