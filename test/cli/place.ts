import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  type Dirent,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';

const dist = inject('dist');
const source = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));
const cli = dist === undefined ? source('cli/index.ts') : join(dist, 'cli.mjs');
/** The program of a container. */
export const workerProgram = dist === undefined ? source('worker/index.ts') : join(dist, 'worker.mjs');

/** What a command left behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Of a tree that another process changes meanwhile: a folder that goes away under the walk makes it start again. */
function entriesBelow(path: string): readonly Dirent[] {
  for (;;) {
    try {
      return readdirSync(path, { recursive: true, withFileTypes: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}

/**
 * A repository of its own in a temporary folder, without git, with one image whose programs are shell scripts. Every
 * process started from it, however deep, carries its mark in the environment.
 */
export class Place implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'muster-cli-'));
  readonly #mark = randomUUID();
  readonly #environment: NodeJS.ProcessEnv;

  /** `environment` of every command started here; an `undefined` takes a variable away. */
  constructor(environment: NodeJS.ProcessEnv = {}) {
    const scratch = join(this.root, 'tmp');
    mkdirSync(scratch);
    mkdirSync(join(this.root, 'grids'));
    this.#environment = {
      ...process.env,
      TMPDIR: scratch,
      MUSTER_TEST_PLACE: this.#mark,
      MUSTER_TEST_DIARY: this.diary,
      NODE_COMPILE_CACHE: join(tmpdir(), 'muster-cli-compile-cache'),
      ...environment,
    };
    // Of the test runner and npm: they change what a child prints.
    for (const name of ['NODE_OPTIONS', 'FORCE_COLOR', 'VITEST', 'npm_command'])
      delete this.#environment[name];
  }

  /** Where programs may note what they do: outside of every work directory. */
  get diary(): string {
    return join(this.root, 'diary.txt');
  }

  /** Lines of the diary. */
  noted(): readonly string[] {
    return existsSync(this.diary) ? readFileSync(this.diary, 'utf8').split('\n').slice(0, -1) : [];
  }

  write(path: string, text: string | Uint8Array): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** A program of `docker/toy`; the script of `/bin/sh`. */
  program(name: string, script: string): void {
    const file = join(this.root, 'docker/toy/bin', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${script}`, { mode: 0o755 });
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** Files below a folder, as sorted paths relative to it; none when it is not there. */
  files(folder: string): readonly string[] {
    const path = join(this.root, folder);
    if (!existsSync(path)) return [];
    const entries = entriesBelow(path);
    const files = entries.filter((entry) => entry.isFile());
    return files.map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1)).sort();
  }

  start(...args: readonly string[]): Started {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: this.root,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { promise, resolve } = Promise.withResolvers<Ended>();
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    return { child, ended: promise };
  }

  muster(...args: readonly string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  /** What a command that must end with 0 prints. */
  async good(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.muster(...args);
    if (code !== 0) throw new Error(`muster ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
    return stdout;
  }

  /** A shell line in which `$MUSTER` is the command. */
  shell(line: string): Promise<Ended> {
    const { promise, resolve } = Promise.withResolvers<Ended>();
    const child = spawn('bash', ['-o', 'pipefail', '-c', line], {
      cwd: this.root,
      env: { ...this.#environment, MUSTER: `${process.execPath} ${cli}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    return promise;
  }

  /** Living processes that were started from here, directly or not. Linux only: elsewhere none is seen. */
  alive(): readonly { readonly pid: number; readonly command: string; readonly environment: string }[] {
    if (!existsSync('/proc')) return [];
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          // Empty for a zombie.
          const environment = readFileSync(`/proc/${name}/environ`, 'latin1');
          const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ');
          return environment.includes(this.#mark) ? [{ pid: Number(name), command, environment }] : [];
        } catch {
          return [];
        }
      });
  }

  [Symbol.dispose](): void {
    for (const { pid } of this.alive()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended in between.
      }
    }
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Twelve combinations of a program that takes milliseconds: `n` of 1 to 6, `side` of left and right. It notes every
 * start in the diary, and fails where the file `broken` beside the diary names its `n`.
 */
export function toyPlace(environment: NodeJS.ProcessEnv = {}): Place {
  const place = new Place(environment);
  place.program(
    'toy',
    `echo "$1 $2" >> "$MUSTER_TEST_DIARY"
echo "working on $1"
grep -qsx "$1" "$MUSTER_TEST_DIARY.broken" && { echo "no luck with $1" >&2; exit 3; }
printf '{"twice": %s}\\n' $(($1 * 2)) > answer.json
printf 'n,side\\n%s,%s\\n' "$1" "$2" > table.csv
`,
  );
  place.write('grids/toy.yaml', toyGrid);
  return place;
}

export const toyGrid = `name: toy
description: Twice a number
program:
  image: toy
  command: [toy, "{n}", "{side}"]
  outputs:
    - { path: answer.json, format: json, contains: [twice] }
    - { path: table.csv, format: csv }
  results: { twice: { file: answer.json, key: twice } }
parameters:
  n: [1, 2, 3, 4, 5, 6]
  side: [left, right]
  scale: 1
label: "n{n}_{side}"
slice: { combinations: 4 }
resources: { vcpus: 1, memory: 64 MiB }
timeout: 30 s
expected: 1 s
failures: { stop_after: 50% }
`;
