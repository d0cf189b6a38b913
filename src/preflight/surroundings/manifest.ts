import { z } from 'zod';
import { holdsWorker, type Inside } from './image-content.ts';

/** All that an image may be (AB 6.3); without those of indexes ECR may pick one member for us. */
export const mediaTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.v1+json',
] as const;

export type Manifest =
  | { readonly kind: 'index'; readonly members: readonly MemberEntry[] }
  | { readonly kind: 'manifest'; readonly config: string }
  /** Of the time before manifests had configurations: nothing pulls them any more. */
  | { readonly kind: 'old' };

export interface MemberEntry {
  readonly digest: string;
  readonly architecture: string;
}

const indexSchema = z.looseObject({
  manifests: z.array(
    z.looseObject({
      digest: z.string(),
      platform: z.looseObject({ os: z.string(), architecture: z.string() }).optional(),
    }),
  ),
});
const manifestSchema = z.looseObject({ config: z.looseObject({ digest: z.string() }) });
const oldSchema = z.looseObject({ schemaVersion: z.literal(1) });

/** By its fields, not by a media type that may be missing; `undefined`: it cannot be read. */
export function readManifest(text: string): Manifest | undefined {
  const value = parsed(text);
  const index = indexSchema.safeParse(value);
  if (index.success) {
    const members = index.data.manifests.flatMap(({ digest, platform }) =>
      platform?.os === 'linux' ? [{ digest, architecture: platform.architecture }] : [],
    );
    return { kind: 'index', members };
  }
  const manifest = manifestSchema.safeParse(value);
  if (manifest.success) return { kind: 'manifest', config: manifest.data.config.digest };
  return oldSchema.safeParse(value).success ? { kind: 'old' } : undefined;
}

const configSchema = z.looseObject({
  architecture: z.string(),
  config: z
    .looseObject({
      Labels: z.record(z.string(), z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
    })
    .nullish(),
});

/** Of the configuration of an image; `undefined`: it cannot be read. */
export function readConfig(text: string): Inside | undefined {
  const read = configSchema.safeParse(parsed(text));
  if (!read.success) return undefined;
  const { architecture, config } = read.data;
  return { architecture, hasWorker: holdsWorker(config?.Labels ?? {}, config?.Entrypoint ?? []) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
