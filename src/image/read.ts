import { z } from 'zod';
import { RemoteError } from '../errors.ts';
import { parseJson } from './json.ts';
import { at, formatReference, type Reference } from './reference.ts';
import type { Manifest, Registry } from './registry.ts';

/** One image of one architecture, as its manifest and its configuration tell. */
export interface MemberImage {
  readonly digest: string;
  readonly mediaType: string;
  readonly os: string;
  readonly architecture: string;
  /** Bytes of its layers and its configuration, compressed: what a host downloads. */
  readonly size: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** Empty: root. */
  readonly user: string;
  readonly workdir: string;
}

/** What an index says of a member, and the member where the registry has it. */
export interface IndexEntry {
  readonly digest: string;
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  /** Absent: the registry does not have what the index lists. */
  readonly image?: MemberImage;
}

interface Named {
  readonly reference: string;
  readonly digest: string;
  readonly mediaType: string;
}

/** What a reference names. */
export type ReadImage =
  | (Named & { readonly kind: 'index'; readonly entries: readonly IndexEntry[] })
  | (Named & { readonly kind: 'manifest'; readonly image: MemberImage })
  /** Neither an image nor an index: a chart, a signature, a manifest of Docker's first years. */
  | (Named & { readonly kind: 'other' });

const descriptor = z.looseObject({ digest: z.string(), size: z.number().default(0) });
const indexSchema = z.looseObject({
  manifests: z.array(
    descriptor.extend({
      platform: z
        .looseObject({ os: z.string(), architecture: z.string(), variant: z.string().optional() })
        .optional(),
    }),
  ),
});
const manifestSchema = z.looseObject({ config: descriptor, layers: z.array(descriptor) });
const configSchema = z.looseObject({
  os: z.string().default('unknown'),
  architecture: z.string().default('unknown'),
  config: z
    .looseObject({
      Labels: z.record(z.string(), z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      User: z.string().nullish(),
      WorkingDir: z.string().nullish(),
    })
    .nullish(),
});

/** Reads an image with all its members; `undefined` where the registry has nothing of that name. */
export async function readImage(registry: Registry, reference: Reference): Promise<ReadImage | undefined> {
  const manifest = await registry.manifest(reference);
  if (manifest === undefined) return undefined;
  const { digest, mediaType } = manifest;
  const named = { reference: formatReference(reference), digest, mediaType };
  const body = parseJson(manifest.text);
  const index = indexSchema.safeParse(body);
  if (index.success) {
    const entries = index.data.manifests.filter(({ platform }) => !isAttestation(platform));
    return {
      ...named,
      kind: 'index',
      entries: await Promise.all(
        entries.map(async ({ digest, platform }) => {
          const member = await readMember(registry, at(reference, { digest }));
          return {
            // An entry may say nothing of its platform: hosts then look into the image.
            ...{ digest, os: platform?.os ?? member?.os ?? 'unknown' },
            architecture: platform?.architecture ?? member?.architecture ?? 'unknown',
            ...(platform?.variant === undefined ? {} : { variant: platform.variant }),
            ...(member === undefined ? {} : { image: member }),
          };
        }),
      ),
    };
  }
  const image = await memberOf(registry, reference, manifest, body);
  return image === undefined ? { ...named, kind: 'other' } : { ...named, kind: 'manifest', image };
}

/** Builders list what they attest beside the images, with a platform that nothing runs on (AB 6.3 [MEM]). */
const isAttestation = (platform: { readonly os: string; readonly architecture: string } | undefined) =>
  platform?.os === 'unknown' && platform.architecture === 'unknown';

async function readMember(registry: Registry, reference: Reference): Promise<MemberImage | undefined> {
  const manifest = await registry.manifest(reference);
  return manifest && (await memberOf(registry, reference, manifest, parseJson(manifest.text)));
}

async function memberOf(
  registry: Registry,
  reference: Reference,
  { digest, mediaType }: Manifest,
  body: unknown,
): Promise<MemberImage | undefined> {
  const manifest = manifestSchema.safeParse(body);
  if (!manifest.success) return undefined;
  const { config, layers } = manifest.data;
  const text = await registry.blob(reference, config.digest);
  if (text === undefined) throw missingConfig(reference, config.digest);
  const read = configSchema.safeParse(parseJson(text));
  if (!read.success) return undefined;
  const { os, architecture, config: settings } = read.data;
  return {
    ...{ digest, mediaType, os, architecture },
    size: [config, ...layers].reduce((sum, { size }) => sum + size, 0),
    labels: settings?.Labels ?? {},
    entrypoint: settings?.Entrypoint ?? [],
    command: settings?.Cmd ?? [],
    user: settings?.User ?? '',
    workdir: settings?.WorkingDir ?? '',
  };
}

const missingConfig = (reference: Reference, digest: string) =>
  new RemoteError(
    { service: reference.registry, operation: 'read' },
    `${formatReference(reference)}: the registry has its manifest and not its configuration (${digest}), so nothing can run it. Push the image again.`,
  );
