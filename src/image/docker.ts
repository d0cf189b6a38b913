import { ConfigurationError, RemoteError } from '../errors.ts';
import { makeDockerConfig } from './docker-config.ts';
import { lastLines, type ProgramAnswer, runProgram } from './program.ts';

export interface DockerOptions {
  /** Told each line as it comes. */
  readonly say?: (line: string) => void;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** A minute without it. */
  readonly timeoutSeconds?: number;
}

/** Docker's command line with a configuration of its own: what it logs in to is forgotten with it. */
export interface Docker extends AsyncDisposable {
  /** Whatever it answers. */
  ask(args: readonly string[], options?: DockerOptions): Promise<ProgramAnswer>;
  /** Its output; an exit other than 0 is a `RemoteError` with its last lines. */
  run(args: readonly string[], options?: DockerOptions): Promise<string>;
  /** The password goes through standard input alone: it is in no argument and no output. */
  login(registry: string, credentials: { readonly user: string; readonly password: string }): Promise<void>;
  /** Told each line that long commands write. */
  readonly say: (line: string) => void;
}

export interface OpenDockerOptions {
  /** The program; `docker` without it. */
  readonly program?: string;
  readonly say?: (line: string) => void;
}

/** Throws `ConfigurationError` where Docker or buildx is missing, or the daemon does not answer. */
export async function openDocker({
  program = 'docker',
  say = () => undefined,
}: OpenDockerOptions = {}): Promise<Docker> {
  const config = makeDockerConfig();
  // Without builders of the user's: that of the daemon sees the images of this machine, on every machine.
  const { BUILDX_BUILDER, BUILDX_CONFIG, ...inherited } = process.env;
  const environment = { ...inherited, DOCKER_CONFIG: config.folder };

  const ask: Docker['ask'] = (args, options = {}) =>
    runProgram(program, args, {
      ...options,
      environment: { ...environment, ...options.environment },
    });

  const docker: Docker = {
    ask,
    say,
    async run(args, options) {
      const answer = await ask(args, options);
      if (answer.code === 0) return answer.stdout;
      throw new RemoteError({ service: 'docker', operation: operationOf(args) }, ending(answer, options));
    },
    async login(registry, { user, password }) {
      config.keepHere(registry);
      const args = ['login', '--username', user, '--password-stdin', registry];
      const { code, stderr } = await ask(args, { input: password });
      if (code === 0) return;
      const why = lastLines(stderr, 3).replaceAll(password, '…');
      throw new RemoteError(
        { service: registry, operation: 'log in', denied: true },
        `docker could not log in: ${why}`,
      );
    },
    [Symbol.asyncDispose]: async () => config.remove(),
  };
  try {
    await requireTools(docker, program);
  } catch (error) {
    config.remove();
    throw error;
  }
  return docker;
}

const operationOf = (args: readonly string[]) =>
  args[0] === 'buildx' ? args.slice(0, 2).join(' ') : (args[0] ?? '');

function ending({ code, stdout, stderr }: ProgramAnswer, { timeoutSeconds = 60 }: DockerOptions = {}) {
  const said = lastLines(stderr === '' ? stdout : stderr, 15);
  if (code !== null) return `exit code ${code}:\n${said}`;
  return `it did not end within ${timeoutSeconds} s, or could not be started:\n${said}`;
}

async function requireTools(docker: Docker, program: string): Promise<void> {
  const file = 'Docker';
  const [server, buildx] = await Promise.all([
    docker.ask(['version', '--format', '{{.Server.Os}}'], { timeoutSeconds: 20 }),
    docker.ask(['buildx', 'version'], { timeoutSeconds: 20 }),
  ]);
  if (server.code !== 0) {
    const message = `\`${program}\` does not answer here: ${lastLines(server.stderr, 2)}`;
    const fix =
      'Install it (Debian and Ubuntu: `apt-get install docker.io`; elsewhere https://docs.docker.com/engine/install), start it, and see that `docker version` works as this user.';
    throw new ConfigurationError({ file, message, fix });
  }
  if (buildx.code === 0) return;
  const message = 'docker buildx is not installed, and images of several architectures need it';
  const fix =
    'Debian and Ubuntu: `apt-get install docker-buildx` (or docker-buildx-plugin from Docker); elsewhere https://github.com/docker/buildx#installing.';
  throw new ConfigurationError({ file, message, fix });
}
