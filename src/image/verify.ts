import type { Architecture } from './architecture.ts';
import { type Content, identityLabel, workerLabel } from './labels.ts';
import type { IndexEntry, MemberImage, ReadImage } from './read.ts';

/** What somebody is about to run jobs with. */
export interface WantedContent {
  readonly architectures: readonly Architecture[];
  /** An index, even of one architecture. */
  readonly index?: boolean;
  /** Absent: any. */
  readonly content?: Content;
  /** The whole entry point; absent: any. */
  readonly entrypoint?: readonly string[];
}

/** Why an image cannot be what is wanted. */
export interface ImageFault {
  readonly code:
    | 'not-an-image'
    | 'no-index'
    | 'member-missing'
    | 'architecture-twice'
    | 'architecture-missing'
    | 'architecture-differs'
    | 'identity-differs'
    | 'worker-differs'
    | 'entrypoint-differs';
  readonly architecture?: string;
  /** What was seen, why it matters, what to do. */
  readonly message: string;
}

/**
 * What is wrong with what was read back; empty: nothing. A cause hides what follows from it: of a member that is missing
 * nothing else is said.
 */
export function judgeImage(read: ReadImage, wanted: WantedContent): readonly ImageFault[] {
  if (read.kind === 'other') return [notAnImage(read)];
  if (read.kind === 'manifest') {
    const { image } = read;
    if (wanted.index === true || wanted.architectures.length > 1) return [noIndex(read, image, wanted)];
    const lacking = wanted.architectures.filter((one) => one !== image.architecture);
    if (lacking.length > 0) return lacking.map((one) => lacks(read, one, [image.architecture]));
    return judgeMember(image, wanted);
  }
  const entries = read.entries.filter(({ os }) => os === 'linux' || os === 'unknown');
  const there = entries.map(({ architecture }) => architecture);
  return [
    ...wanted.architectures.filter((one) => !there.includes(one)).map((one) => lacks(read, one, there)),
    ...[...new Set(there)].flatMap((one) => twice(read, one, entries)),
    ...entries.filter((entry) => isWanted(entry, wanted)).flatMap((entry) => judgeEntry(entry, wanted)),
  ];
}

/** Of other architectures a mirror may hold what it likes. */
const isWanted = ({ architecture }: IndexEntry, { architectures }: WantedContent) =>
  architectures.some((one) => one === architecture);

function judgeEntry(entry: IndexEntry, wanted: WantedContent): readonly ImageFault[] {
  const { digest, architecture, image } = entry;
  if (image === undefined) {
    return [
      {
        code: 'member-missing',
        architecture,
        message: `the index lists ${digest} for ${architecture}, and the registry does not have it: hosts cannot pull the image. Push the image of ${architecture} first, then the index: \`muster image push\` does both.`,
      },
    ];
  }
  if (image.architecture !== architecture) {
    return [
      {
        code: 'architecture-differs',
        architecture,
        message: `the index says that ${digest} is for ${architecture}, and the image itself is for ${image.architecture}: its programs would not start there (exec format error). Build it on a machine of ${architecture}, or with \`--platform linux/${architecture}\`, and push again under another tag.`,
      },
    ];
  }
  return judgeMember(image, wanted);
}

function judgeMember(image: MemberImage, { content, entrypoint }: WantedContent): readonly ImageFault[] {
  const { architecture, labels } = image;
  const faults: ImageFault[] = [];
  if (content !== undefined && labels[identityLabel] !== content.identity) {
    faults.push({
      code: 'identity-differs',
      architecture,
      message: `the image of ${architecture} says of itself ${identityLabel}=${labels[identityLabel] ?? '(nothing)'}, and ${content.identity} is wanted: it was built from another folder. Build and push it again.`,
    });
  } else if (content !== undefined && labels[workerLabel] !== content.worker) {
    faults.push({
      code: 'worker-differs',
      architecture,
      message: `the image of ${architecture} holds the worker ${labels[workerLabel] ?? '(none)'}, and ${content.worker ?? '(none)'} is wanted: it was made by another version of Muster. Build and push it again.`,
    });
  }
  if (entrypoint !== undefined && !sameWords(image.entrypoint, entrypoint)) {
    faults.push({
      code: 'entrypoint-differs',
      architecture,
      message: `the image of ${architecture} starts ${image.entrypoint.length === 0 ? 'nothing of its own' : JSON.stringify(image.entrypoint)}, and the worker is started by ${JSON.stringify(entrypoint)}: no slice would run. Make it with \`muster image push\` or \`muster image wrap\`.`,
    });
  }
  return faults;
}

const sameWords = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((word, index) => word === b[index]);

/** Two variants of one architecture (arm v6, v7) are two; hosts take the first that suits, whichever that is. */
function twice(read: ReadImage, architecture: string, entries: readonly IndexEntry[]): readonly ImageFault[] {
  const same = entries.filter((entry) => entry.architecture === architecture);
  const kinds = new Set(same.map(({ os, variant }) => `${os}/${normalVariant(architecture, variant)}`));
  if (kinds.size === same.length) return [];
  const digests = same.map(({ digest }) => digest).join(' and ');
  const message = `the index lists ${architecture} ${same.length} times (${digests}): which one a host runs is chance. Join the images again, one of each architecture, under another tag than ${read.reference}.`;
  return [{ code: 'architecture-twice', architecture, message }];
}

/** `arm64` means `arm64/v8`. */
const normalVariant = (architecture: string, variant: string | undefined) =>
  architecture === 'arm64' && variant === 'v8' ? '' : (variant ?? '');

function lacks(read: ReadImage, architecture: string, there: readonly string[]): ImageFault {
  const found = [...new Set(there)].join(', ') || 'none';
  const message = `there is no image for ${architecture} in ${read.reference} (there: ${found}): hosts of ${architecture} cannot run it. Build and push it for ${architecture}, too, or use a queue of another architecture.`;
  return { code: 'architecture-missing', architecture, message };
}

function noIndex(read: ReadImage, image: MemberImage, { architectures }: WantedContent): ImageFault {
  const message = `${read.reference} is a single image for ${image.architecture}, and an index over ${architectures.join(' and ')} was meant: every host gets the image of ${image.architecture}, and on others its programs do not start. Join the images of all architectures into one index: \`muster image push\`.`;
  return { code: 'no-index', architecture: image.architecture, message };
}

function notAnImage(read: ReadImage): ImageFault {
  const message = `${read.reference} is neither an image nor an index of images (media type ${read.mediaType || 'unknown'}): nothing can run it. Look at the reference; images from before 2016 must be pushed again.`;
  return { code: 'not-an-image', message };
}
