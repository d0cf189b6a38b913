import type { Architecture } from './architecture.ts';
import { emulationHint } from './build.ts';
import type { Docker } from './docker.ts';
import { lastLines } from './program.ts';
import { formatReference, type Reference } from './reference.ts';
import type { ImageRoom } from './room.ts';

export interface EntryPointCheck {
  readonly architecture: Architecture;
  readonly ok: boolean;
  /** What the entry point said; where it failed with what to do. */
  readonly said: string;
}

/** What every worker answers, of its own health. */
export const selfCheck: readonly string[] = ['--check'];

/** Seconds, with the download; emulation is slow. */
const patience = 900;

/**
 * Starts an image's entry point with `--check` on one architecture, without a network and without rights: it says what it
 * is and ends. Emulated where this machine is of another architecture.
 * @param reference of the image of that architecture, by its own digest: Docker keeps one image per name.
 */
export async function checkEntryPoint(
  room: Pick<ImageRoom, 'docker' | 'login'>,
  reference: Reference,
  architecture: Architecture,
  args: readonly string[] = selfCheck,
): Promise<EntryPointCheck> {
  const { docker } = room;
  const name = formatReference(reference);
  await room.login(reference.registry);
  const platform = ['--platform', `linux/${architecture}`];
  const pull = await docker.ask(['pull', '--quiet', ...platform, name], { timeoutSeconds: patience });
  if (pull.code !== 0) {
    const said = `it cannot be pulled here. Docker says:\n${lastLines(pull.stderr, 5)}`;
    return { architecture, ok: false, said };
  }
  return runCheck(docker, name, architecture, args);
}

/** The same for an image of this machine's Docker, by its id or name. */
export async function runCheck(
  docker: Docker,
  image: string,
  architecture: Architecture,
  args: readonly string[] = selfCheck,
): Promise<EntryPointCheck> {
  const locked = ['--network', 'none', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
  const command = ['run', '--rm', '--platform', `linux/${architecture}`, ...locked, image, ...args];
  const { code, stdout, stderr } = await docker.ask(command, { timeoutSeconds: patience });
  if (code === 0) return { architecture, ok: true, said: stdout.trim() };
  const server = await docker.ask(['version', '--format', '{{.Server.Arch}}']);
  const hint = server.code === 0 ? emulationHint(architecture, server.stdout) : '';
  const said = lastLines(`${stdout}\n${stderr}`, 10);
  return {
    architecture,
    ok: false,
    said: `its entry point ended with ${code ?? 'no exit code'} for ${args.join(' ')}:\n${said}${hint}`,
  };
}
