import type { AwsSettings } from '../aws/settings.ts';
import { type CredentialSource, credentialSource } from './credentials.ts';
import { type Docker, openDocker } from './docker.ts';
import { openRegistry, type Registry } from './registry.ts';

/**
 * What the making of an image needs: Docker with a configuration of its own, and whoever reads registries. A command opens
 * one, and disposes of it at its end: credentials that were got for it are gone then.
 *
 * The room at a glance: `parseReference`, `formatReference`, `ecrOf` (reference.ts); `openRegistry(source)`, which needs
 * no Docker, and `credentialSource(aws)` (registry.ts, credentials.ts); `imageLabels` (labels.ts); `buildImage(room,
 * request)` and `findLocal(docker, reference)` (build.ts, local.ts); `findMember`, `pushMember(room, request)` (push.ts);
 * `joinMembers(room, request)` (join.ts); `readImage(registry, reference)` (read.ts); `judgeImage(read, wanted)`
 * (verify.ts); `checkEntryPoint(room, reference, architecture)` (check.ts); `ensureRepository(ecr, name)` (ecr/).
 */
export interface ImageRoom extends AsyncDisposable {
  readonly docker: Docker;
  readonly registry: Registry;
  /** Logs Docker in where the credentials are not Docker's own: for ECR, with a token that it makes. */
  login(registry: string): Promise<void>;
}

export interface ImageRoomOptions {
  readonly aws?: AwsSettings;
  /** The program; `docker` without it. */
  readonly program?: string;
  /** Told each line that the builder and the pusher write. */
  readonly say?: (line: string) => void;
}

/** Throws `ConfigurationError` where there is no Docker, or no buildx. */
export async function openImageRoom(options: ImageRoomOptions = {}): Promise<ImageRoom> {
  const source: CredentialSource = credentialSource(options.aws ?? {});
  const docker = await openDocker(options);
  const loggedIn = new Set<string>();
  return {
    docker,
    registry: openRegistry(source),
    async login(registry) {
      if (loggedIn.has(registry)) return;
      const found = await source(registry);
      if (found !== undefined && found.from === 'ecr') await docker.login(registry, found);
      loggedIn.add(registry);
    },
    [Symbol.asyncDispose]: () => docker[Symbol.asyncDispose](),
  };
}
