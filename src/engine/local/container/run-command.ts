import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childId, type JobRecord } from '../job-record.ts';
import type { ContainerSettings } from './settings.ts';

/** Where every container finds what it needs from outside. */
const nodeInside = '/muster/node';
const workerInside = '/muster/worker.mjs';

/** Marks every container of a job, so that it is found whatever has happened to the processes outside. */
export const jobLabel = 'muster.job';

export type ContainerNode = 'mounted' | 'own';

export interface ContainerRun {
  readonly settings: Pick<ContainerSettings, 'workerBundle' | 'node' | 'mounts'>;
  readonly job: JobRecord;
  readonly container: { readonly image: string; readonly node: ContainerNode };
  readonly child: number;
  readonly attempt: number;
  /** Folder of this attempt alone; it exists. */
  readonly work: string;
  /** Names that the worker gets with the values they have in the environment of Docker's client. */
  readonly variables: readonly string[];
  readonly user?: { readonly uid: number; readonly gid: number };
  /** vCPUs of the machine: Docker refuses to promise more. */
  readonly machineVcpus?: number;
}

/** Unique for all time: job ids are, and no two attempts of a slice share a number. */
export function containerName(job: Pick<JobRecord, 'id'>, child: number, attempt: number): string {
  return `muster-${job.id}-${child}-${attempt}`;
}

/**
 * Arguments for Docker's client. Values of variables stand in the client's environment only: arguments are for
 * everyone on the machine to see. The network is the machine's, as for slices that run as processes.
 */
export function runArguments(run: ContainerRun): string[] {
  const { job, container, child, attempt, work, user } = run;
  const { vcpus, memoryMib, gpus, ulimits } = job.resources;
  const cpus = Math.min(vcpus, run.machineVcpus ?? availableParallelism());
  return [
    ...['run', '--rm', '--interactive', '--init', '--pull', 'never', '--network', 'host'],
    ...['--name', containerName(job, child, attempt)],
    ...['--label', `${jobLabel}=${job.id}`, '--label', `muster.slice=${childId(job, child)}`],
    ...(user === undefined ? [] : ['--user', `${user.uid}:${user.gid}`]),
    // Without the second, Docker adds as much swap again, and a slice that fits here does not on Batch.
    ...['--memory', `${memoryMib}m`, '--memory-swap', `${memoryMib}m`, '--cpus', String(cpus)],
    ...(gpus > 0 ? ['--gpus', String(gpus)] : []),
    ...Object.entries(ulimits).flatMap(([name, limit]) => ['--ulimit', `${name}=${limit}`]),
    ...nodeMount(run.settings, container.node),
    ...mount(run.settings.workerBundle, workerInside, 'readonly'),
    ...foldersOf(run).flatMap((folder) => mount(folder, folder)),
    // The user has no entry in the image's /etc/passwd; programs expect a home they can write to.
    ...['--env', `HOME=${work}`],
    ...run.variables.flatMap((name) => ['--env', name]),
    ...['--entrypoint', nodeProgram(container.node), container.image, workerInside],
  ];
}

/** Arguments that show whether the image can run this Node at all. */
export function probeArguments(
  settings: Pick<ContainerSettings, 'node'>,
  image: string,
  node: ContainerNode,
) {
  return [
    ...['run', '--rm', '--pull', 'never', '--network', 'none', ...nodeMount(settings, node)],
    ...['--entrypoint', nodeProgram(node), image, '--version'],
  ];
}

const nodeProgram = (node: ContainerNode) => (node === 'own' ? 'node' : nodeInside);

const nodeMount = ({ node }: Pick<ContainerSettings, 'node'>, which: ContainerNode) =>
  which === 'own' ? [] : mount(node, nodeInside, 'readonly');

/** Below the mount, because the worker makes and removes it. Short: sockets in it have at most 107 bytes (Linux). */
export const workInside = (work: string) => join(work, 'w');

function foldersOf({ settings, job, work }: ContainerRun): string[] {
  const { MUSTER_STORE: store } = job.environment;
  const stored = store?.startsWith('file:') === true ? [fileURLToPath(store)] : [];
  return [...stored, work, ...(settings.mounts ?? [])];
}

/** The value is a line of CSV; unlike `--volume` it takes colons, and refuses a source that does not exist. */
function mount(source: string, target: string, ...flags: string[]): string[] {
  const fields = ['type=bind', `source=${source}`, `target=${target}`, ...flags];
  return ['--mount', fields.map(csvField).join(',')];
}

const csvField = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
