import { z } from 'zod';
import { RemoteError } from '../errors.ts';
import type { Docker } from './docker.ts';
import { parseJson } from './json.ts';

/** An image in the store of this machine's Docker. */
export interface LocalImage {
  /** `sha256:…` of its configuration, or of its manifest: as this Docker keeps images. */
  readonly id: string;
  readonly reference: string;
  /** As OCI names it: `arm64`, `amd64`, or another. */
  readonly architecture: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  /** Empty: root. */
  readonly user: string;
  readonly workdir: string;
  /** Bytes, unpacked. */
  readonly size: number;
}

const inspectSchema = z.looseObject({
  Id: z.string(),
  Architecture: z.string(),
  Size: z.number().default(0),
  Config: z
    .looseObject({
      Labels: z.record(z.string(), z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      User: z.string().nullish(),
      WorkingDir: z.string().nullish(),
    })
    .nullish(),
});

/** `undefined` where this machine has none of that name. */
export async function findLocal(docker: Docker, reference: string): Promise<LocalImage | undefined> {
  const { code, stdout } = await docker.ask(['image', 'inspect', '--format', '{{json .}}', reference]);
  if (code !== 0) return undefined;
  const read = inspectSchema.safeParse(parseJson(stdout));
  if (!read.success) {
    throw new RemoteError(
      { service: 'docker', operation: 'image inspect' },
      `what it says of ${reference} cannot be read: ${stdout.slice(0, 200)}`,
      { cause: read.error },
    );
  }
  const { Id, Architecture, Size, Config } = read.data;
  return {
    ...{ id: Id, reference, architecture: Architecture, size: Size },
    labels: Config?.Labels ?? {},
    entrypoint: Config?.Entrypoint ?? [],
    user: Config?.User ?? '',
    workdir: Config?.WorkingDir ?? '',
  };
}
