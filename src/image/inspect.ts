import { type Architecture, isArchitecture } from './architecture.ts';
import { checkEntryPoint, type EntryPointCheck, runCheck } from './check.ts';
import type { Docker } from './docker.ts';
import { contentOf } from './labels.ts';
import type { LocalImage } from './local.ts';
import type { MemberImage, ReadImage } from './read.ts';
import { at, type Reference } from './reference.ts';
import type { ImageRoom } from './room.ts';
import { type ImageFault, judgeImage, type WantedContent } from './verify.ts';
import { entryPoint } from './worker-layer.ts';

/** What is known of one architecture of an image. */
export interface InspectedMember {
  readonly architecture: string;
  readonly digest: string;
  /** Bytes: to download; of an image of this machine, unpacked. */
  readonly bytes: number;
  readonly user: string;
  readonly workdir: string;
  readonly entrypoint: readonly string[];
  readonly identity?: string;
  readonly worker?: string;
  readonly run?: EntryPointCheck;
}

export interface Inspected {
  readonly reference: string;
  /** `this machine` or a registry. */
  readonly where: string;
  readonly digest?: string;
  readonly mediaType?: string;
  readonly members: readonly InspectedMember[];
  readonly faults: readonly string[];
}

/** Of an image nothing is expected but that its members are there; of one with a worker, that it is started. */
export function wantedOf(read: ReadImage, content: WantedContent['content']): WantedContent {
  const members = membersOf(read);
  const architectures = members.map(({ architecture }) => architecture).filter(isArchitecture);
  const ours = members.some(({ labels }) => contentOf(labels).worker !== undefined);
  return {
    architectures: [...new Set(architectures)],
    ...(content !== undefined && { content }),
    ...((ours || content !== undefined) && { entrypoint: entryPoint }),
  };
}

export function inspected(read: ReadImage, registry: string, wanted: WantedContent): Inspected {
  const faults: readonly ImageFault[] = judgeImage(read, wanted);
  return {
    ...{ reference: read.reference, where: registry, digest: read.digest, mediaType: read.mediaType },
    members: membersOf(read)
      .map((image) => ({ ...image, bytes: image.size, ...contentOf(image.labels) }))
      .map(pick),
    faults: faults.map(({ message }) => message),
  };
}

/** Those built on this machine, by one name. */
export function inspectedLocal(reference: string, images: readonly LocalImage[]): Inspected {
  return {
    ...{ reference, where: 'this machine' },
    members: images.map((image) =>
      pick({ ...image, digest: image.id, bytes: image.size, ...contentOf(image.labels) }),
    ),
    faults: images
      .filter(({ entrypoint }) => entrypoint.join(' ') !== entryPoint.join(' '))
      .map(({ architecture }) => `the image of ${architecture} does not start the worker: build it again`),
  };
}

/** Starts the entry point of each; what does not start is a fault. */
export async function withRuns(
  room: Pick<ImageRoom, 'docker' | 'login'>,
  seen: Inspected,
  reference: Reference | undefined,
): Promise<Inspected> {
  const members: InspectedMember[] = [];
  for (const member of seen.members) {
    const { architecture, digest } = member;
    if (!isArchitecture(architecture)) members.push(member);
    else members.push({ ...member, run: await start(room, architecture, digest, reference) });
  }
  const failed = members.flatMap(({ architecture, run }) =>
    run === undefined || run.ok ? [] : [`${architecture}: ${run.said}`],
  );
  return { ...seen, members, faults: [...seen.faults, ...failed] };
}

const start = (
  room: { readonly docker: Docker } & Pick<ImageRoom, 'login'>,
  architecture: Architecture,
  digest: string,
  reference: Reference | undefined,
) =>
  reference === undefined
    ? runCheck(room.docker, digest, architecture)
    : checkEntryPoint(room, at(reference, { digest }), architecture);

const membersOf = (read: ReadImage): readonly MemberImage[] =>
  read.kind === 'manifest'
    ? [read.image]
    : read.kind === 'index'
      ? read.entries.flatMap(({ image }) => image ?? [])
      : [];

function pick(from: InspectedMember): InspectedMember {
  const { architecture, digest, bytes, user, workdir, entrypoint, identity, worker } = from;
  return {
    ...{ architecture, digest, bytes, user, workdir, entrypoint },
    ...(identity !== undefined && { identity }),
    ...(worker !== undefined && { worker }),
  };
}
