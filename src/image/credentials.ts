import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { AwsSettings } from '../aws/settings.ts';
import { ConfigurationError } from '../errors.ts';
import { errorCode } from '../files/faults.ts';
import { parseJson } from './json.ts';
import { runProgram } from './program.ts';
import { ecrOf } from './reference.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
  /** Who keeps them: `docker` finds its own again. */
  readonly from: 'docker' | 'ecr';
}

/** Those for a registry; `undefined` where nobody has any: it is asked without. */
export type CredentialSource = (registry: string) => Promise<Credentials | undefined>;

/** ECR's from AWS, all others as `docker login` has kept them. Each registry's are looked up once. */
export function credentialSource(aws: AwsSettings): CredentialSource {
  const found = new Map<string, Promise<Credentials | undefined>>();
  return (registry) => {
    const known = found.get(registry);
    if (known !== undefined) return known;
    const asked = ecrOf(registry) === undefined ? dockerCredentials(registry) : ecrCredentials(aws, registry);
    found.set(registry, asked);
    return asked;
  };
}

async function ecrCredentials(aws: AwsSettings, registry: string): Promise<Credentials> {
  const region = ecrOf(registry)?.region;
  const { openEcr } = await import('./ecr/client.ts');
  const { authorization } = await import('./ecr/authorization.ts');
  return authorization(await openEcr(region === undefined ? aws : { ...aws, region }));
}

const dockerConfigSchema = z.looseObject({
  auths: z.record(z.string(), z.looseObject({ auth: z.string().optional() })).optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});

export type DockerConfig = z.infer<typeof dockerConfigSchema>;

/** The folder of the user's Docker configuration. */
export const dockerConfigFolder = (environment: NodeJS.ProcessEnv = process.env): string =>
  environment.DOCKER_CONFIG ?? join(homedir(), '.docker');

/** Empty where there is none. */
export function readDockerConfig(folder: string): DockerConfig {
  const file = join(folder, 'config.json');
  try {
    return dockerConfigSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return {};
    const message = "it cannot be read as Docker's configuration";
    throw new ConfigurationError({ file, message, fix: 'Mend it, or move it away.' }, { cause: error });
  }
}

/** As Docker looks them up: the helper of the registry, the helper of all, what the file itself holds. */
async function dockerCredentials(registry: string): Promise<Credentials | undefined> {
  const config = readDockerConfig(dockerConfigFolder());
  // Docker Hub's are kept under an address of its first days.
  const names =
    registry === 'docker.io' ? ['https://index.docker.io/v1/', registry] : [registry, `https://${registry}`];
  for (const name of names) {
    const helper = config.credHelpers?.[name] ?? config.credsStore ?? '';
    const auth = config.auths?.[name]?.auth;
    const found = helper === '' ? decodeAuth(auth) : await askHelper(helper, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function decodeAuth(auth: string | undefined): Credentials | undefined {
  const text = Buffer.from(auth ?? '', 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 1
    ? undefined
    : { user: text.slice(0, colon), password: text.slice(colon + 1), from: 'docker' };
}

const helperAnswer = z.looseObject({ Username: z.string(), Secret: z.string() });

/** Helpers end with an error where they have nothing: that is no trouble yet, the registry may need none. */
async function askHelper(helper: string, registry: string): Promise<Credentials | undefined> {
  const { code, stdout } = await runProgram(`docker-credential-${helper}`, ['get'], {
    input: registry,
    timeoutSeconds: 30,
  });
  if (code !== 0) return undefined;
  const read = helperAnswer.safeParse(parseJson(stdout));
  // `<token>`: a token for an exchange that only Docker does.
  if (!read.success || read.data.Username === '<token>') return undefined;
  return { user: read.data.Username, password: read.data.Secret, from: 'docker' };
}
