import type { Diagnosis } from '../../engine.ts';
import { batchCommand } from '../command.ts';
import { type EnvironmentFacts, type Evidence, isOurs, type QueueFacts } from '../evidence/evidence.ts';
import { invalidQueue, noQueue, type QueueTrouble } from '../queue-trouble.ts';
import { blockedCode, blockedFix, isBlockedCode } from './codes.ts';
import { isCold, minutes } from './time.ts';

export const takesJobs = ({ state, status }: EnvironmentFacts) => state === 'ENABLED' && status !== 'INVALID';

/** The queue itself. A disabled one takes no new jobs; what it holds goes on (AB 4.1), so that is no cause. */
export function diagnoseQueue({ queue, region, queueId }: Evidence): Diagnosis | undefined {
  if (queue === undefined) return undefined;
  if (queue === 'gone') return { code: 'QUEUE_GONE', ...inWords(noQueue(region, queueId)) };
  if (queue.status === 'VALID' || queue.status === 'UPDATING') return undefined;
  return { code: 'QUEUE_INVALID', ...inWords(invalidQueue(queue, region, queueId)) };
}

function inWords({ reason, fix, lost }: QueueTrouble): Pick<Diagnosis, 'summary' | 'fix'> {
  return {
    summary: `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`,
    fix: lost ? `Cancel the run. ${fix} Then rerun what is missing.` : fix,
  };
}

/** Compute environments, where none of a queue can take jobs; or one that is broken. */
export function diagnoseEnvironments({ queue, environments, job, region }: Evidence): Diagnosis | undefined {
  if (environments === undefined || queue === undefined || queue === 'gone') return undefined;
  const broken = environments.find(({ status }) => status === 'INVALID');
  if (broken !== undefined) {
    const others = environments.filter(takesJobs).length;
    const rest = others === 0 ? '' : ' The other compute environments of the queue may still take jobs.';
    return {
      code: 'ENVIRONMENT_INVALID',
      summary: `Compute environment ${broken.name} of queue ${queue.name} is INVALID${because(broken)}.${rest}`,
      fix: 'Mend what it says: mostly a role that is missing, or that AWS Batch may not assume. Then update the environment, so that Batch looks again.',
    };
  }
  if (environments.length > 0 && !environments.some(takesJobs)) {
    const names = environments.map(({ name }) => name).join(', ');
    return {
      code: 'ENVIRONMENT_DISABLED',
      summary: `All compute environments of queue ${queue.name} are disabled: ${names}.`,
      fix: `Enable one: \`${batchCommand(region, 'update-compute-environment', `--compute-environment ${environments[0]?.name} --state ENABLED`)}\`.`,
    };
  }
  return tooSmall(queue, environments.filter(takesJobs), job);
}

function tooSmall(
  queue: QueueFacts,
  environments: readonly EnvironmentFacts[],
  job: Evidence['job'],
): Diagnosis | undefined {
  const most = Math.max(...environments.map(({ maxVcpus }) => maxVcpus));
  if (job?.vcpus === undefined || environments.length === 0 || job.vcpus <= most) return undefined;
  return {
    code: 'ENVIRONMENT_TOO_SMALL',
    summary: `One slice asks for ${job.vcpus} vCPUs and the compute environments of queue ${queue.name} may have ${most} at most.`,
    fix: 'Raise maxvCpus of the compute environment, or cancel and rerun with `--vcpus <n>`.',
  };
}

/** Jobs that a snapshot shows at most (AB 4.5). */
const frontSize = 100;

/** Somebody else's job comes first. */
export function diagnoseFront(evidence: Evidence): Diagnosis | undefined {
  const { front, jobId, now, queue, region } = evidence;
  const first = front?.jobs[0];
  if (front === undefined || first === undefined) return undefined;
  const ours = front.jobs.findIndex((one) => isOurs(jobId, one.jobId));
  // Neither found nor so many that we may come later: the snapshot is older than our job.
  if (ours === 0 || (ours < 0 && front.jobs.length < frontSize)) return undefined;
  const held = (now - first.since) / 1000;
  const name = front.head?.name ?? first.jobId;
  const where = queue === undefined || queue === 'gone' ? 'the queue' : `queue ${queue.name}`;
  const place =
    ours < 0
      ? `At least ${front.jobs.length} waiting jobs of others come first in ${where}`
      : `This job is number ${ours + 1} of those that wait in ${where}`;
  const head = `first is ${name} (${first.jobId}), since ${minutes(held)}`;
  const reason = front.head?.reason ?? '';
  if (isBlockedCode(reason)) {
    const { meaning } = blockedFix(blockedCode(reason));
    return {
      code: 'BEHIND_BLOCKED',
      summary: `${place}; ${head}, and it holds up all others: ${meaning} (${blockedCode(reason)}).`,
      fix: `Whoever owns it must mend or cancel it: \`${batchCommand(region, 'terminate-job', `--job-id ${parentOf(first.jobId)} --reason blocked`)}\`. Or rerun on another queue with \`--queue <name>\`.`,
    };
  }
  if (front.head?.limit !== undefined) {
    const { name: resource, total, used } = front.head.limit;
    return {
      code: 'BEHIND_LIMITED',
      summary: `${place}; ${head}, which waits for its own turn: of consumable resource ${resource}, ${used} of ${total} are in use.`,
      fix: 'Wait: it starts when another job of that limit ends. Or rerun on another queue with `--queue <name>`.',
      wait: true,
    };
  }
  return {
    code: 'BEHIND_OTHERS',
    summary: `${place}; ${head}.`,
    fix: isCold(held)
      ? 'Wait for it, or rerun on another queue with `--queue <name>`.'
      : `Wait, or see why the first one does not start: \`${batchCommand(region, 'describe-jobs', `--jobs ${first.jobId}`)}\`.`,
    wait: true,
  };
}

const parentOf = (jobId: string) => jobId.split(':')[0] ?? jobId;

const because = ({ statusReason = '' }: { readonly statusReason?: string }) =>
  statusReason === '' ? '' : `: ${statusReason}`;
