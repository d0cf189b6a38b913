/** What an image says of itself, beyond what can be read from its content. */
export interface ImageFacts {
  /** Of the folder, or of the reference that was wrapped (identity.ts). */
  readonly identity: string;
  /** Of the worker layer; absent on an image without one. */
  readonly worker?: string;
  readonly title: string;
  /** Commit it was built from. */
  readonly revision?: string;
  /** Of that commit, in seconds since 1970: a rebuild says the same. */
  readonly createdAt?: number;
  /** Address of the repository. */
  readonly source?: string;
  readonly version?: string;
  readonly base?: { readonly name: string; readonly digest?: string };
}

/** By these a later build knows that there is nothing to build. */
export const identityLabel = 'dev.muster.identity';
export const workerLabel = 'dev.muster.worker';

const oci = (name: string) => `org.opencontainers.image.${name}`;

/** OCI's annotation keys where they have one, ours for the rest. What is unknown is left out. */
export function imageLabels(facts: ImageFacts): Readonly<Record<string, string>> {
  const { createdAt, base } = facts;
  const labels = {
    [oci('title')]: facts.title,
    [oci('revision')]: facts.revision,
    [oci('created')]: createdAt === undefined ? undefined : secondsToIso(createdAt),
    [oci('source')]: facts.source,
    [oci('version')]: facts.version,
    [oci('base.name')]: base?.name,
    [oci('base.digest')]: base?.digest,
    [identityLabel]: facts.identity,
    [workerLabel]: facts.worker,
  };
  return Object.fromEntries(
    Object.entries(labels).filter((label): label is [string, string] => label[1] !== undefined),
  );
}

const secondsToIso = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/** Who made this content: both must agree before one image is taken for another. */
export interface Content {
  readonly identity: string;
  readonly worker?: string;
}

export function contentOf(labels: Readonly<Record<string, string>>): Partial<Content> {
  const { [identityLabel]: identity, [workerLabel]: worker } = labels;
  return {
    ...(identity === undefined ? {} : { identity }),
    ...(worker === undefined ? {} : { worker }),
  };
}

export const sameContent = (a: Partial<Content>, b: Content): boolean =>
  a.identity === b.identity && a.worker === b.worker;
