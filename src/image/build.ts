import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RemoteError } from '../errors.ts';
import type { Architecture } from './architecture.ts';
import { ecrRegistriesOf } from './bases.ts';
import { BuildError } from './build-error.ts';
import type { Docker } from './docker.ts';
import { readDockerfile } from './dockerfile.ts';
import { findLocal, type LocalImage } from './local.ts';
import { lastLines } from './program.ts';
import type { ImageRoom } from './room.ts';

export interface BuildRequest {
  /** What the Dockerfile's COPY sees, as it is: `copyContext` makes one that gives the same layers everywhere. */
  readonly folder: string;
  /** Of the Dockerfile, within the folder; `Dockerfile` without it. */
  readonly file?: string;
  readonly architecture: Architecture;
  /** Name in this machine's Docker, with a tag: `muster-local/compas:1a2b3c4d5e6f-arm64`. */
  readonly tag: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly arguments?: Readonly<Record<string, string>>;
  /** Of the commit, in seconds since 1970; 0 without it. */
  readonly createdAt?: number;
}

/** Seconds: emulated, compilers may be ten times slower. */
const patience = 4 * 3600;

/**
 * One image of one architecture, into this machine's Docker; emulated where that is not its own. Each line of the builder
 * goes to `docker.say`. Throws `BuildError` with what the builder said where the folder cannot be built.
 */
export async function buildImage(
  { docker, login }: Pick<ImageRoom, 'docker' | 'login'>,
  request: BuildRequest,
): Promise<LocalImage> {
  for (const registry of basesIn(request)) await login(registry);
  const environment = { SOURCE_DATE_EPOCH: String(request.createdAt ?? 0) };
  const args = buildArguments(request);
  const { say } = docker;
  const { code, stdout, stderr } = await docker.ask(args, { say, environment, timeoutSeconds: patience });
  if (code !== 0) throw await explainBuild(docker, request, code, `${stdout}\n${stderr}`);
  const built = await findLocal(docker, request.tag);
  if (built?.architecture === request.architecture) return built;
  throw new BuildError(
    built === undefined
      ? `${request.folder}: the builder ended well, and Docker here has no image ${request.tag}. Let \`docker context show\` name the Docker that builds.`
      : `${request.folder}: asked for ${request.architecture}, the builder made an image of ${built.architecture}: a FROM line names a base of that one architecture (or a platform). Name a base that has both, or one by \`ARG TARGETARCH\`.`,
  );
}

/** Where there is no Dockerfile the builder says so. */
function basesIn({ folder, file = 'Dockerfile', arguments: values = {} }: BuildRequest): readonly string[] {
  const path = join(folder, file);
  return existsSync(path) ? ecrRegistriesOf(readDockerfile(readFileSync(path, 'utf8'), values)) : [];
}

/** Without attestations: they would turn an image of one architecture into an index (github-actions.md 7.3). */
export function buildArguments(request: BuildRequest): readonly string[] {
  const { folder, file = 'Dockerfile', architecture, tag, labels, arguments: values = {} } = request;
  return [
    ...['buildx', 'build', '--progress', 'plain', '--platform', `linux/${architecture}`],
    ...['--provenance', 'false', '--sbom', 'false', '--load', '--tag', tag, '--file', `${folder}/${file}`],
    ...Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    folder,
  ];
}

/** Whether the daemon is still there tells the builder's refusal from Docker's own trouble. */
async function explainBuild(
  docker: Docker,
  { folder, architecture }: BuildRequest,
  code: number | null,
  said: string,
): Promise<Error> {
  const lines = lastLines(said, 25);
  if (code === null) {
    const message = `the build of ${folder} was ended, or ran for more than ${patience / 3600} hours:\n${lines}`;
    return new RemoteError({ service: 'docker', operation: 'buildx build' }, message);
  }
  const server = await docker.ask(['version', '--format', '{{.Server.Arch}}'], { timeoutSeconds: 20 });
  if (server.code !== 0) {
    const message = `Docker went away while it built ${folder}; start it, then run the same command again:\n${lines}`;
    return new RemoteError({ service: 'docker', operation: 'buildx build' }, message);
  }
  return new BuildError(
    `${folder} cannot be built for ${architecture}. The builder says:\n${lines}${emulationHint(architecture, server.stdout)}`,
  );
}

/** What to try where programs of another architecture do not start; empty on a machine of that architecture. */
export function emulationHint(architecture: string, machine: string): string {
  if (architecture === machine.trim()) return '';
  return `\nThis machine is ${machine.trim()}: programs of ${architecture} run here by emulation only. If they do not start, install it: \`apt-get install qemu-user-static\`, or \`docker run --privileged --rm tonistiigi/binfmt --install ${architecture}\`; or build on a machine of that architecture and join the images.`;
}
