import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { JobImage } from '../../engine.ts';
import { readTail } from '../log-tail.ts';
import { askDocker } from './docker.ts';
import { type ContainerNode, probeArguments } from './run-command.ts';
import type { ContainerSettings } from './settings.ts';

export type PreparedImage =
  | { readonly ok: true; readonly container: { readonly image: string; readonly node: ContainerNode } }
  /** For people; with what Docker said. */
  | { readonly ok: false; readonly reason: string };

/** The oldest major version of Node that the worker's bundle is made for. */
const oldestNode = 24;

/** Makes the image of a job ready to run here: builds or pulls it, and finds the Node that runs in it. */
export async function prepareImage(
  settings: ContainerSettings,
  image: JobImage,
  /** Folder for the builder's log. */
  logs: string,
): Promise<PreparedImage> {
  const folder = settings.folder(image.name);
  const present =
    folder === undefined
      ? await fetchImage(settings, image)
      : await buildImage(settings, image, folder, logs);
  return 'reason' in present ? { ok: false, ...present } : findNode(settings, image.name, present.reference);
}

type Present = { readonly reference: string } | { readonly reason: string };

/** Local name of an image that is built from a folder: the same content is the same name. */
export function localTag({ name, identity }: Pick<JobImage, 'name' | 'identity'>): string {
  return `muster-local/${name}:${identity.slice(0, 12)}`;
}

async function buildImage(
  { docker, say }: ContainerSettings,
  image: JobImage,
  folder: string,
  logs: string,
): Promise<Present> {
  const tag = localTag(image);
  if ((await inspect(docker, tag)) !== undefined) return { reference: tag };
  mkdirSync(logs, { recursive: true });
  const log = join(logs, `${image.name}-${image.identity.slice(0, 12)}.log`);
  say?.(`building the image ${image.name} (log: ${log})`);
  const code = await runLogged(docker, ['build', '--tag', tag, folder], log);
  if (code === 0) return { reference: tag };
  const said = readTail(log, 20).join('\n');
  return {
    reason: `image ${image.name}: \`docker build ${folder}\` failed:\n${said}\nThe whole log: ${log}`,
  };
}

/** To a file: a build may say much, and people may want to follow it. */
async function runLogged(program: string, args: readonly string[], log: string): Promise<number | null> {
  const output = openSync(log, 'w');
  try {
    const builder = spawn(program, args, { stdio: ['ignore', output, output] });
    // `close` comes also when it could not be started, after `error`.
    const [code] = (await once(builder, 'close')) as [number | null]; // as documented for `close`
    return code;
  } catch {
    return null;
  } finally {
    closeSync(output);
  }
}

async function fetchImage({ docker, say }: ContainerSettings, image: JobImage): Promise<Present> {
  const reference = image.reference ?? image.name;
  if (!/^[a-z0-9]/i.test(reference)) return { reason: `image ${reference} is no reference of an image` };
  if ((await inspect(docker, reference)) === undefined) {
    say?.(`pulling the image ${reference}`);
    const { code, stderr } = await askDocker(docker, ['pull', '--quiet', reference], {
      timeoutSeconds: 3600,
    });
    if (code !== 0) {
      return {
        reason: `image ${reference}: there is no folder docker/${image.name} to build it from, and it cannot be pulled: ${stderr}`,
      };
    }
  }
  // A name without a digest may mean something else tomorrow; the job keeps what it means today.
  const id = await inspect(docker, reference);
  return { reference: reference.includes('@sha256:') || id === undefined ? reference : id };
}

async function inspect(docker: string, reference: string): Promise<string | undefined> {
  const { code, stdout } = await askDocker(docker, ['image', 'inspect', '--format', '{{.Id}}', reference]);
  return code === 0 ? stdout : undefined;
}

/** Tried, not guessed: our Node where the image's C library carries it, else the image's own. */
async function findNode(settings: ContainerSettings, name: string, image: string): Promise<PreparedImage> {
  const probe = (node: ContainerNode) => askDocker(settings.docker, probeArguments(settings, image, node));
  const mounted = await probe('mounted');
  if (mounted.code === 0) return { ok: true, container: { image, node: 'mounted' } };
  const own = await probe('own');
  if (own.code === 0 && majorOf(own.stdout) >= oldestNode)
    return { ok: true, container: { image, node: 'own' } };
  return {
    ok: false,
    reason: `image ${name}: it cannot run the worker. Muster's Node needs glibc 2.28 or newer and libstdc++ in the image, as in Debian 10, Ubuntu 20.04, RHEL 8 and later (not Alpine); or an own \`node\` of version ${oldestNode} or later on its PATH. Muster's Node: ${mounted.stderr}. Its own: ${own.code === 0 ? own.stdout : own.stderr}`,
  };
}

const majorOf = (version: string) => Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);
