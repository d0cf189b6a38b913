import { RemoteError } from '../errors.ts';
import type { Architecture } from './architecture.ts';
import { type Content, contentOf, sameContent } from './labels.ts';
import type { LocalImage } from './local.ts';
import { lastLines } from './program.ts';
import { type ReadImage, readImage } from './read.ts';
import { at, formatReference, type Reference } from './reference.ts';
import type { ImageRoom } from './room.ts';
import { tagTaken } from './tag-taken.ts';

/** The image of one architecture, in the registry. */
export interface Member {
  readonly architecture: Architecture;
  readonly digest: string;
  /** `registry/repository@digest` */
  readonly reference: string;
  /** False: it was there already, and nothing was sent. */
  readonly pushed: boolean;
}

export interface MemberRequest {
  /** With the tag of this architecture alone: `…:1a2b3c4d5e6f-12345678-arm64`. */
  readonly reference: Reference & { readonly tag: string };
  readonly architecture: Architecture;
  readonly content: Content;
}

/**
 * The image as an earlier push left it: with it there is nothing to build. Throws `RemoteError` where the tag names
 * another content: it is never overwritten.
 */
export async function findMember(
  room: Pick<ImageRoom, 'registry'>,
  request: MemberRequest,
): Promise<Member | undefined> {
  const read = await readImage(room.registry, request.reference);
  if (read === undefined) return undefined;
  const image = memberIn(read, request);
  if (image !== undefined) return asMember(request, image, false);
  throw tagTaken(request.reference, `it names ${described(read)}`);
}

/** Pushes a built image under the tag of its architecture; what is there already is not sent again. */
export async function pushMember(
  room: ImageRoom,
  request: MemberRequest,
  local: LocalImage,
): Promise<Member> {
  const there = await findMember(room, request);
  if (there !== undefined) return there;
  const { docker, registry } = room;
  const { reference } = request;
  const target = formatReference(reference);
  await room.login(reference.registry);
  await docker.run(['tag', local.id, target]);
  const { code, stdout, stderr } = await docker.ask(['push', target], {
    say: docker.say,
    timeoutSeconds: patience,
  });
  // Also after a failure: another machine may have pushed the same meanwhile, which an immutable tag refuses (AB 6.2).
  const pushed = await readImage(registry, reference);
  const image = pushed && memberIn(pushed, request);
  if (image !== undefined) return asMember(request, image, code === 0);
  if (pushed !== undefined) throw tagTaken(reference, `it names ${described(pushed)}`);
  throw pushFailed(target, reference.registry, code, lastLines(stderr === '' ? stdout : stderr, 10));
}

/** Seconds. */
const patience = 2 * 3600;

/** The digest of what is wanted, if that is what was read: alone, or as the only entry of an index. */
function memberIn(read: ReadImage, { architecture, content }: MemberRequest): string | undefined {
  const image = read.kind === 'manifest' ? read.image : undefined;
  return image?.architecture === architecture && sameContent(contentOf(image.labels), content)
    ? image.digest
    : undefined;
}

const asMember = ({ reference, architecture }: MemberRequest, digest: string, pushed: boolean): Member => ({
  ...{ architecture, digest, pushed },
  reference: formatReference(at(reference, { digest })),
});

function described(read: ReadImage): string {
  if (read.kind === 'index') return `an index (${read.digest})`;
  if (read.kind === 'other') return `something that is no image (${read.digest})`;
  const { identity, worker } = contentOf(read.image.labels);
  return `an image for ${read.image.architecture} with the identity ${identity ?? '(none)'} and the worker ${worker ?? '(none)'} (${read.digest})`;
}

/** Reading went well before and after, so the registry is up: what remains is the right to push, or its room. */
const pushFailed = (target: string, registry: string, code: number | null, said: string) =>
  new RemoteError(
    { service: registry, operation: 'push' },
    `${target} was not pushed (docker ended with ${code ?? 'no exit code'}). The registry can be read, so look at the right to push, and at its storage. Docker says:\n${said}`,
  );
