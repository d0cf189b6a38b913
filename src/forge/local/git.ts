import { spawn } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';
import { ConfigurationError, RemoteError } from '../../errors.ts';
import { errorCode } from '../../files/faults.ts';

export interface GitAnswer {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs the `git` program in one place, always with arguments, never through a shell. */
export interface Git {
  /** Whatever it answers. */
  ask(args: readonly string[], options?: GitOptions): Promise<GitAnswer>;
  /** Its output without the last line break; any exit other than 0 is a `RemoteError`. */
  run(args: readonly string[], options?: GitOptions): Promise<string>;
}

export interface GitOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** @param environment added to that of this process, whose own `GIT_*` (as in a hook) do not count. */
export function openGit(folder: string, environment: Readonly<Record<string, string>> = {}): Git {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const base = { ...Object.fromEntries(inherited), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', ...environment };

  async function ask(args: readonly string[], options: GitOptions = {}): Promise<GitAnswer> {
    const child = spawn('git', [...args], { cwd: folder, env: { ...base, ...options.environment } });
    const ended = new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? -1));
    });
    child.stdin.on('error', () => undefined); // git may leave before it has read everything: its exit code tells.
    child.stdin.end(options.input ?? '');
    try {
      const [code, stdout, stderr] = await Promise.all([ended, buffer(child.stdout), text(child.stderr)]);
      return { code, stdout, stderr };
    } catch (error) {
      throw errorCode(error) === 'ENOENT' ? gitIsMissing(folder, error) : error;
    }
  }

  return {
    ask,
    async run(args, options) {
      const answer = await ask(args, options);
      if (answer.code === 0) return answer.stdout.toString().replace(/\n$/, '');
      const operation = args[0] ?? '';
      throw new RemoteError(
        { service: 'git', operation },
        `git ${operation} in ${folder} failed with exit code ${answer.code}: ${answer.stderr.trim()}`,
      );
    },
  };
}

function gitIsMissing(folder: string, cause: unknown): ConfigurationError {
  return new ConfigurationError(
    {
      file: folder,
      message:
        'the program git was not found, or this folder is gone; the local forge keeps its branches with git',
      fix: 'Install git (on Debian and Ubuntu: apt-get install git) and repeat the command.',
    },
    { cause },
  );
}
