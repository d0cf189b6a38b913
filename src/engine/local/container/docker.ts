import { execFile } from 'node:child_process';
import { ConfigurationError, RemoteError } from '../../../errors.ts';

export interface DockerAnswer {
  /** Null when the program could not be started or had to be killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AskOptions {
  /** After which the client is killed; a minute without it. */
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
}

/** One call of Docker's command line, without a shell. Never throws: what went wrong is in the answer. */
export function askDocker(
  docker: string,
  args: readonly string[],
  { timeoutSeconds = 60, signal }: AskOptions = {},
): Promise<DockerAnswer> {
  const { promise, resolve } = Promise.withResolvers<DockerAnswer>();
  const options = {
    timeout: timeoutSeconds * 1000,
    killSignal: 'SIGKILL',
    maxBuffer: 16 * 2 ** 20,
    signal,
  } as const;
  const client = execFile(docker, args, options, (error, stdout, stderr) => {
    const said = stderr.trim() === '' && error !== null ? error.message : stderr.trim();
    resolve({ code: error === null ? 0 : client.exitCode, stdout: stdout.trim(), stderr: said });
  });
  return promise;
}

/** For calls that only fail when Docker itself does. */
export async function requireDocker(docker: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await askDocker(docker, args);
  if (code === 0) return stdout;
  const at = { service: 'docker', operation: args[0] ?? '' };
  const fix = 'Slices may still run in containers: start Docker, then run the same command again.';
  throw new RemoteError(at, `${stderr} ${fix}`);
}

/** Fails unless containers can be started here, before anything is made. */
export async function checkDocker(docker: string): Promise<void> {
  const { code, stdout, stderr } = await askDocker(docker, ['version', '--format', '{{.Server.Os}}'], {
    timeoutSeconds: 15,
  });
  if (code === 0 && stdout === 'linux') return;
  const file = 'command line';
  if (code === 0) {
    const message = `\`--containers\` needs Linux containers, and Docker here runs those of ${stdout}`;
    throw new ConfigurationError({ file, message, fix: 'Switch Docker to Linux containers.' });
  }
  throw new ConfigurationError({
    file,
    message: `\`--containers\` needs Docker, which does not answer here: ${stderr}`,
    fix: 'Install it (Debian and Ubuntu: `apt-get install docker.io`; elsewhere https://docs.docker.com/engine/install), start it, and see that `docker version` works as this user. Or leave `--containers` out: slices then run as processes.',
  });
}
