import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Architecture } from '../../src/image/architecture.ts';
import { buildImage } from '../../src/image/build.ts';
import { copyContext } from '../../src/image/context.ts';
import { type Content, imageLabels } from '../../src/image/labels.ts';
import type { LocalImage } from '../../src/image/local.ts';
import type { MemberRequest } from '../../src/image/push.ts';
import { type ImageRoom, openImageRoom } from '../../src/image/room.ts';
import { type RegistryServer, startRegistry } from './registry-server.ts';

/** What `npm run test:images` has prepared: buildx, and root folders of both architectures. */
const parts = process.env.MUSTER_TEST_IMAGES ?? '';
export const both: readonly Architecture[] = ['amd64', 'arm64'];
export const content: Content = { identity: 'a'.repeat(64), worker: 'b'.repeat(64) };
export const entrypoint = ['/bin/busybox', 'sh', '/muster/check.sh'];

export interface ImageScene extends AsyncDisposable {
  readonly server: RegistryServer;
  readonly room: ImageRoom;
  /** All that builder and pusher have said. */
  readonly said: readonly string[];
  /** Another name of the registry, whose images are to be gone, too. */
  alsoCalled(host: string): void;
  /** Folder of an image whose entry point says where it runs and what it was given. */
  folder(word?: string): string;
  build(architecture: Architecture, folder: string, of?: Content): Promise<LocalImage>;
  request(name: string, architecture: Architecture, tag: string, of?: Content): MemberRequest;
}

/** Its images are gone from Docker at the end. */
export async function openImageScene(options: { readonly locked?: boolean } = {}): Promise<ImageScene> {
  const server = await startRegistry(options);
  const said: string[] = [];
  const room = await openImageRoom({ say: (line) => said.push(line) });
  const base = mkdtempSync(join(tmpdir(), 'muster-scene-'));
  const tags = new Set<string>();
  const hosts = [server.host];
  let made = 0;
  return {
    ...{ server, room, said, alsoCalled: (host) => void hosts.push(host) },
    folder(word = 'well') {
      const folder = join(base, `image-${made++}`);
      for (const architecture of both) {
        mkdirSync(join(folder, architecture), { recursive: true });
        cpSync(join(parts, 'bases', architecture, 'bin/busybox'), join(folder, architecture, 'busybox'));
      }
      writeFileSync(join(folder, 'check.sh'), `echo ${word} on $(uname -m) with "$@"\n`);
      writeFileSync(join(folder, 'Dockerfile'), dockerfile);
      return folder;
    },
    async build(architecture, folder, of = content) {
      const tag = `muster-test/${server.host.replace(/\W/g, '-')}:${made++}-${architecture}`;
      tags.add(tag);
      const labels = imageLabels({
        ...of,
        title: 'scene',
        revision: 'c'.repeat(40),
        createdAt: 1_700_000_000,
      });
      using context = copyContext(folder, 1_700_000_000);
      const { folder: copy } = context;
      return await buildImage(room, { folder: copy, architecture, tag, labels, createdAt: 1_700_000_000 });
    },
    request: (name, architecture, tag, of = content) => ({
      reference: { registry: server.host, repository: name, tag: `${tag}-${architecture}` },
      ...{ architecture, content: of },
    }),
    async [Symbol.asyncDispose]() {
      const listed = await room.docker.run(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}@{{.ID}}']);
      const ours = listed.split('\n').filter((line) => hosts.some((host) => line.startsWith(`${host}/`)));
      const ids = ours.map((line) => line.split('@')[1] ?? '');
      await room.docker.ask(['image', 'rm', '--force', ...new Set(ids), ...tags]);
      await room[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

const dockerfile = `FROM scratch
ARG TARGETARCH
COPY \${TARGETARCH}/busybox /bin/busybox
COPY check.sh /muster/check.sh
RUN ["/bin/busybox", "mkdir", "/work"]
WORKDIR /work
USER 1000:1000
ENTRYPOINT ["/bin/busybox", "sh", "/muster/check.sh"]
`;
