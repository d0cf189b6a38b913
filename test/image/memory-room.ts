import type { Architecture } from '../../src/image/architecture.ts';
import type { Docker } from '../../src/image/docker.ts';
import { type Content, imageLabels } from '../../src/image/labels.ts';
import type { ProgramAnswer } from '../../src/image/program.ts';
import type { ImageRoom } from '../../src/image/room.ts';
import { sha256 } from './fake-registry.ts';

/** A room without a network: a registry in memory, and a Docker that does to it what the test says. */
export interface MemoryRoom extends ImageRoom {
  /** Arguments of each call of Docker. */
  readonly calls: readonly string[];
  readonly logins: readonly string[];
  /** Texts by digest; those of tags by `repository:tag`. */
  readonly store: Map<string, string>;
  put(repository: string, tag: string, text: string): string;
  putImage(
    repository: string,
    tag: string,
    architecture: Architecture,
    content: Partial<Content>,
    entrypoint?: readonly string[],
  ): string;
}

export function memoryRoom(act: (args: readonly string[], room: MemoryRoom) => number): MemoryRoom {
  const store = new Map<string, string>();
  const calls: string[] = [];
  const logins: string[] = [];
  const answer = (args: readonly string[]): ProgramAnswer => {
    calls.push(args.join(' '));
    return { code: act(args, room), stdout: '', stderr: 'docker said so' };
  };
  const docker: Docker = {
    ask: async (args) => answer(args),
    run: async (args) => answer(args).stdout,
    login: async () => undefined,
    say: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const find = ({ repository, tag, digest }: { repository: string; tag?: string; digest?: string }) =>
    store.get(digest ?? `${repository}:${tag}`);
  const room: MemoryRoom = {
    ...{ calls, logins, store, docker },
    registry: {
      async manifest(reference) {
        const text = find(reference);
        return text === undefined ? undefined : { digest: sha256(text), mediaType: 'm', text };
      },
      async digest(reference) {
        const text = find(reference);
        return text === undefined ? undefined : sha256(text);
      },
      blob: async (_, digest) => store.get(digest),
    },
    login: async (registry) => void logins.push(registry),
    put(repository, tag, text) {
      store.set(sha256(text), text);
      store.set(`${repository}:${tag}`, text);
      return sha256(text);
    },
    putImage(repository, tag, architecture, content, Entrypoint) {
      const Labels = imageLabels({ identity: '', ...content, title: 'x' });
      const config = JSON.stringify({ os: 'linux', architecture, config: { Labels, Entrypoint } });
      store.set(sha256(config), config);
      return room.put(repository, tag, JSON.stringify({ config: { digest: sha256(config) }, layers: [] }));
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  return room;
}

/** What `docker buildx imagetools create` makes of its arguments: an index over the sources, or another name for one. */
export function imagetools(args: readonly string[], room: MemoryRoom): void {
  const tags = args.flatMap((arg, index) => (args[index - 1] === '--tag' ? [arg] : []));
  const sources = args.filter((arg) => arg.includes('@sha256:')).map((arg) => arg.split('@')[1] ?? '');
  const [only = ''] = sources;
  const single = room.store.get(only) ?? '';
  const text = sources.length === 1 && single.includes('"manifests"') ? single : indexOver(sources, room);
  for (const tag of tags) {
    const [repository = '', name = ''] = tag.slice(tag.indexOf('/') + 1).split(':');
    room.put(repository, name, text);
  }
}

export function indexOver(digests: readonly string[], { store }: Pick<MemoryRoom, 'store'>): string {
  const manifests = digests.map((digest) => {
    const config = JSON.parse(store.get(digest) ?? '{}').config?.digest ?? '';
    const { os, architecture } = JSON.parse(store.get(config) ?? '{}');
    return { digest, size: 1, platform: { os, architecture } };
  });
  return JSON.stringify({ manifests });
}
