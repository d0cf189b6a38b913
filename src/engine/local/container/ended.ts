import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteError } from '../../../errors.ts';
import type { AttemptExit } from '../attempt-command.ts';
import { readTail } from '../log-tail.ts';
import { askDocker, requireDocker } from './docker.ts';
import { jobLabel } from './run-command.ts';

/** Removing a container that hangs in the kernel takes this long at most; then a person has to look. */
const removalSeconds = 60;

/** Kills and removes every container of these filters, and returns once Docker lists none. */
async function removeContainers(docker: string, filter: string): Promise<void> {
  const until = performance.now() + removalSeconds * 1000;
  for (;;) {
    // With `--all`: one whose client was killed between creating and starting it never ran, and stays.
    const listed = await requireDocker(docker, ['ps', '--all', '--quiet', '--no-trunc', '--filter', filter]);
    if (listed === '') return;
    // Fails for those that Docker is about to remove by itself: the next look tells.
    const { stderr } = await askDocker(docker, ['rm', '--force', ...listed.split('\n')]);
    if (performance.now() > until) {
      throw new RemoteError(
        { service: 'docker', operation: 'rm' },
        `Containers of ${filter} stay: ${stderr}`,
      );
    }
    await sleep(50);
  }
}

/** Nothing of the job lives afterwards. */
export function removeContainersOf(docker: string, jobId: string): Promise<void> {
  return removeContainers(docker, `label=${jobLabel}=${jobId}`);
}

export interface EndedContainer {
  readonly docker: string;
  readonly name: string;
  readonly startedAt: Date;
  readonly memoryMib: number;
  /** File with the output of the worker and of Docker's client. */
  readonly log: string;
}

/** What the end of Docker's client means. The container is gone afterwards, also where the client was killed. */
export async function containerExit(ended: EndedContainer, exit: AttemptExit): Promise<AttemptExit> {
  if (exit.exitCode === 0) return exit;
  await removeContainers(ended.docker, `name=^/?${ended.name}$`);
  switch (exit.exitCode) {
    case 125:
    case 126:
    case 127:
      return { ...exit, detail: `the container could not be started: ${lastWord(ended.log)}` };
    case 137:
      return !exit.killed && (await ranOutOfMemory(ended))
        ? { ...exit, detail: `out of memory: the container used all of its ${ended.memoryMib} MiB` }
        : exit;
    default:
      return exit;
  }
}

/** Docker's client writes `docker: <why>`, then a hint on its usage. */
function lastWord(log: string): string {
  const lines = readTail(log, 20);
  return (
    lines.findLast((line) => line.startsWith('docker: '))?.slice('docker: '.length) ?? lines.at(-1) ?? ''
  );
}

/** The container is gone, but Docker remembers its last 256 events. */
async function ranOutOfMemory({ docker, name, startedAt }: EndedContainer): Promise<boolean> {
  const since = (startedAt.getTime() / 1000).toFixed(3);
  const until = (Date.now() / 1000).toFixed(3);
  const filters = ['--filter', `container=${name}`, '--filter', 'event=oom'];
  const { stdout } = await askDocker(docker, ['events', '--since', since, '--until', until, ...filters]);
  return stdout !== '';
}
