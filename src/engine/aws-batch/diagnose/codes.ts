import type { Diagnosis } from '../../engine.ts';
import { batchCommand } from '../command.ts';
import type { Evidence } from '../evidence/evidence.ts';

/** What Batch itself says of the job at the head of a queue: a code, a dash that is not always ASCII, words (AB 4.5). */
interface BlockedCode {
  readonly code: string;
  /** Goes on after "…: ". */
  readonly meaning: string;
  readonly fix: string;
  /** An operation that shows more. */
  readonly look?: string;
}

const blockedCodes: readonly BlockedCode[] = [
  {
    code: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
    meaning: 'EC2 has none of the allowed instance types free in the zones of the queue right now',
    fix: 'Wait; or allow more instance types and zones in the compute environment, or rerun with `--capacity on-demand`.',
  },
  {
    code: 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE',
    meaning: 'one slice asks for more vCPUs than the compute environments of the queue may have',
    fix: 'Raise maxvCpus of the compute environment, or ask for fewer vCPUs: cancel, then rerun with `--vcpus <n>`.',
  },
  {
    code: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT',
    meaning:
      'no instance type of the compute environments can hold one slice (an instance offers 5-8 % less memory than its nominal size)',
    fix: 'Ask for less memory or fewer vCPUs (cancel, then rerun with `--memory <size>`), or allow larger instance types.',
  },
  {
    code: 'MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED',
    meaning:
      'the instance types of the compute environment are not offered in its zones, or contradict its launch template',
    fix: 'Choose types that are offered in the zones of the subnets, and look at the launch template.',
  },
  {
    code: 'MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS',
    meaning: 'the service role of Batch lacks permissions',
    fix: 'Let the compute environment use the service-linked role AWSServiceRoleForBatch.',
  },
  {
    code: 'ACTION_REQUIRED',
    meaning: 'the compute environments of the queue are invalid',
    fix: 'Mend the invalid compute environment: its statusReason tells what is wrong.',
    look: 'describe-compute-environments',
  },
  {
    code: 'UNDETERMINED',
    meaning: 'Batch cannot tell why',
    fix: 'Look at the instances of the compute environment in the consoles of EC2 and ECS.',
  },
];

/** The code a text begins with; of a text without a known one, its first word. */
export function blockedCode(text: string): string {
  const known = blockedCodes.find(({ code }) => text.startsWith(code));
  return known?.code ?? text.trim().split(/\s/)[0] ?? '';
}

export function blockedFix(code: string): Omit<BlockedCode, 'code'> {
  return (
    blockedCodes.find((one) => one.code === code) ?? {
      meaning: 'Batch gives a reason that Muster does not know',
      fix: 'Look it up in the AWS Batch User Guide, "Jobs stuck in a RUNNABLE status".',
    }
  );
}

export const isBlockedCode = (text: string) => blockedCodes.some(({ code }) => text.startsWith(code));

/** What Batch says of our own job at the head of the queue, with the numbers it leaves out. */
export function blocked(evidence: Evidence): Diagnosis | undefined {
  const { job, region, queue, environments = [] } = evidence;
  const text = job?.reasons.find(isBlockedCode);
  if (job === undefined || text === undefined) return undefined;
  const code = blockedCode(text);
  // With machines to look at there may be more to say than that Batch cannot tell.
  if (code === 'UNDETERMINED') return undefined;
  const broken = environments.find(({ status }) => status === 'INVALID');
  if (code === 'ACTION_REQUIRED' && broken !== undefined) return undefined;
  const { meaning, fix, look } = blockedFix(code);
  const shown = look === undefined ? '' : ` See \`${batchCommand(region, look)}\`.`;
  const where = queue === undefined || queue === 'gone' ? 'the queue' : `queue ${queue.name}`;
  const asked =
    job.vcpus === undefined ? '' : ` One slice asks for ${job.vcpus} vCPUs and ${job.memoryMib} MiB;`;
  const offered = environments
    .map(
      ({ name, maxVcpus, types }) =>
        `${name} offers ${types.slice(0, 6).join(', ')}, up to ${maxVcpus} vCPUs`,
    )
    .join('; ');
  const numbers = asked === '' || offered === '' ? '' : `${asked} ${offered}.`;
  return {
    code,
    summary: `Slices of ${job.name} wait in ${where}: ${meaning}.${numbers}`,
    fix: `${fix}${shown}`,
  };
}

/** What else helps where machines are bought as Spot. */
export const spotFix = ({ environments = [] }: Evidence) =>
  environments.some(({ spot }) => spot) ? ' Spot may be scarce: `--capacity on-demand` runs without it.' : '';
