/** Where an image is: `registry/repository:tag@digest`, every part written out. */
export interface Reference {
  /** With its port; `docker.io` where the text names none. */
  readonly registry: string;
  /** `library/debian` for Docker Hub's `debian`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:<64 hex digits>` */
  readonly digest?: string;
}

const hub = 'docker.io';
// As the OCI distribution specification has them.
const repositoryPattern =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const registryPattern = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;

export const isDigest = (text: string): boolean => digestPattern.test(text);

/** The parts of a reference as people and Docker write it; `undefined` where it is none. */
export function parseReference(text: string): Reference | undefined {
  const [named = '', digest, ...more] = text.split('@');
  if (more.length > 0 || (digest !== undefined && !isDigest(digest))) return undefined;
  const { registry, rest } = splitRegistry(named);
  const [path = '', tag, ...others] = rest.split(':');
  const repository = registry === hub && path !== '' && !path.includes('/') ? `library/${path}` : path;
  if (others.length > 0 || !registryPattern.test(registry) || !repositoryPattern.test(repository)) {
    return undefined;
  }
  if (tag !== undefined && !tagPattern.test(tag)) return undefined;
  return {
    ...{ registry, repository },
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Docker's rule: the first part is a registry where it has a dot or a port, or is `localhost`. */
function splitRegistry(text: string): { readonly registry: string; readonly rest: string } {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  if (first !== 'localhost' && !/[.:]/.test(first)) return { registry: hub, rest: text };
  const named = first === 'index.docker.io' || first === 'registry-1.docker.io' ? hub : first;
  return { registry: named, rest: text.slice(slash + 1) };
}

/** `registry/repository`, then the tag and the digest where they are known. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** The same repository, at this tag or digest alone. */
export function at(
  { registry, repository }: Reference,
  place: { readonly tag: string } | { readonly digest: string },
): Reference {
  return { registry, repository, ...place };
}

/** A registry of ECR, as its host name tells. */
export interface EcrRegistry {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  /** `amazonaws.com`, or that of a partition of its own. */
  readonly dnsSuffix: string;
}

/** Names of ECR's hosts in all partitions, with and without FIPS and IPv6 (AB 6.1; the newer ones [MEM]). */
const ecrPattern =
  /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(amazonaws\.com(?:\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn|sc2s\.sgov\.gov|c2s\.ic\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov|amazonaws\.eu)$/;

export function ecrOf(registry: string): EcrRegistry | undefined {
  const [, account, region, dnsSuffix] = ecrPattern.exec(registry) ?? [];
  return account === undefined || region === undefined || dnsSuffix === undefined
    ? undefined
    : { account, region, dnsSuffix };
}

/** Docker speaks plain HTTP to registries of its own machine only; so do we. */
export const isLoopback = (registry: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(registry);
