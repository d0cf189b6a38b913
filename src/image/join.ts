import { RemoteError } from '../errors.ts';
import { lastLines } from './program.ts';
import type { Member } from './push.ts';
import { type ReadImage, readImage } from './read.ts';
import { at, formatReference, type Reference } from './reference.ts';
import type { ImageRoom } from './room.ts';
import { movingTag, tagTaken } from './tag-taken.ts';
import { judgeImage, type WantedContent } from './verify.ts';

export interface JoinRequest {
  /** Without tag or digest. */
  readonly repository: Pick<Reference, 'registry' | 'repository'>;
  /** One of each architecture; all in that repository. */
  readonly members: readonly Pick<Member, 'architecture' | 'digest'>[];
  /** The first is the content's own; the others are further names (version, commit, `latest`). */
  readonly tags: readonly [string, ...string[]];
  readonly wanted: Omit<WantedContent, 'architectures' | 'index'>;
}

export interface JoinedImage {
  readonly digest: string;
  /** `registry/repository@digest`: what jobs run. */
  readonly reference: string;
  /** Tags that were set now; empty: nothing was sent. */
  readonly tagged: readonly string[];
}

/**
 * Joins images into one index, names it by all tags, reads it back and judges it. Nothing is sent where all is as wanted,
 * and nothing at all where one of the tags names something else (but `latest`, which moves).
 */
export async function joinMembers(room: ImageRoom, request: JoinRequest): Promise<JoinedImage> {
  const { repository, tags } = request;
  const [own, ...others] = tags;
  const before = await readImage(room.registry, at(repository, { tag: own }));
  if (before !== undefined && !isJoined(before, request)) {
    throw tagTaken(
      at(repository, { tag: own }),
      `it does not join the images that were built (${before.digest})`,
    );
  }
  const taken = await namedBy(room, repository, others);
  refuseTaken(repository, taken, before?.digest);
  if (before === undefined) await createIndex(room, request);
  const read = await readImage(room.registry, at(repository, { tag: own }));
  const { digest } = requireGood(read, request);
  const missing = others.filter((tag) => taken.get(tag) !== digest);
  if (missing.length > 0) await addTags(room, repository, digest, missing);
  const reference = formatReference(at(repository, { digest }));
  return { digest, reference, tagged: [...(before === undefined ? [own] : []), ...missing] };
}

/** The order of the entries is whoever's wrote them, and there may be further architectures. */
function isJoined(read: ReadImage, { members }: JoinRequest): boolean {
  if (read.kind !== 'index') return false;
  const joined = new Set(read.entries.map(({ architecture }) => architecture));
  if (joined.size !== read.entries.length) return false;
  return members.every(({ digest, architecture }) =>
    read.entries.some((entry) => entry.digest === digest && entry.architecture === architecture),
  );
}

async function namedBy(
  { registry }: Pick<ImageRoom, 'registry'>,
  repository: JoinRequest['repository'],
  tags: readonly string[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const digests = tags.map(
    async (tag) => [tag, await registry.digest(at(repository as Reference, { tag }))] as const,
  );
  return new Map(await Promise.all(digests));
}

/** A further name that exists must name this very index; with a new index it cannot. */
function refuseTaken(
  repository: JoinRequest['repository'],
  taken: ReadonlyMap<string, string | undefined>,
  digest: string | undefined,
): void {
  for (const [tag, named] of taken) {
    if (named === undefined || named === digest || tag === movingTag) continue;
    throw tagTaken(at(repository, { tag }), `it names ${named}`);
  }
}

async function createIndex(room: ImageRoom, { repository, members, tags: [own] }: JoinRequest) {
  const sources = [...members]
    // One order for all machines, so that the same members give the same index.
    .sort((a, b) => (a.architecture < b.architecture ? -1 : 1))
    .map(({ digest }) => formatReference(at(repository, { digest })));
  await imagetools(room, repository, [own], sources);
}

async function addTags(
  room: ImageRoom,
  repository: JoinRequest['repository'],
  digest: string,
  tags: readonly string[],
) {
  await imagetools(room, repository, tags, [formatReference(at(repository, { digest }))], digest);
}

/** Seconds. */
const patience = 600;

async function imagetools(
  room: ImageRoom,
  repository: JoinRequest['repository'],
  tags: readonly string[],
  sources: readonly string[],
  digest?: string,
): Promise<void> {
  await room.login(repository.registry);
  const names = tags.flatMap((tag) => ['--tag', formatReference(at(repository, { tag }))]);
  const args = ['buildx', 'imagetools', 'create', '--progress', 'plain', ...names, ...sources];
  const { say } = room.docker;
  const { code, stdout, stderr } = await room.docker.ask(args, { say, timeoutSeconds: patience });
  if (code === 0) return;
  // Another machine may have pushed the same meanwhile, which an immutable tag refuses (AB 6.2). What a new index is the
  // caller reads back; a further name has to be that of the digest that is known.
  const named = await Promise.all(tags.map((tag) => room.registry.digest(at(repository, { tag }))));
  if (named.every((one) => one !== undefined && (digest === undefined || one === digest))) return;
  throw new RemoteError(
    { service: repository.registry, operation: 'join' },
    `${formatReference(at(repository, { tag: tags[0] ?? '' }))} was not made (docker ended with ${code ?? 'no exit code'}). The registry can be read, so look at the right to push. Docker says:\n${lastLines(stderr === '' ? stdout : stderr, 10)}`,
  );
}

function requireGood(read: ReadImage | undefined, request: JoinRequest): ReadImage {
  const { repository, members, wanted, tags } = request;
  const named = formatReference(at(repository, { tag: tags[0] }));
  const architectures = members.map(({ architecture }) => architecture);
  const said =
    read === undefined
      ? ['the registry took it and does not have it']
      : judgeImage(read, { ...wanted, architectures, index: true }).map(({ message }) => message);
  if (read !== undefined && said.length === 0) return read;
  throw new RemoteError(
    { service: repository.registry, operation: 'verify' },
    `${named} was pushed, and what was read back is not what was meant:\n${said.map((line) => `- ${line}`).join('\n')}`,
  );
}
