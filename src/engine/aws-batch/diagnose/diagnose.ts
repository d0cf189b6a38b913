import type { Diagnosis } from '../../engine.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { blocked, spotFix } from './codes.ts';
import { launchTrouble } from './launches.ts';
import { diagnoseLimit, withoutLimit } from './limit.ts';
import { diagnoseMachines } from './machines.ts';
import { diagnoseEnvironments, diagnoseFront, diagnoseQueue, takesJobs } from './queue.ts';
import { diagnoseStarting } from './starting.ts';
import { isCold, minutes, waitedSeconds } from './time.ts';
import { unseenWords } from './unseen.ts';

/**
 * Why nothing of a job runs, by the decision tree of AB 4.5-4.6, the surest and nearest cause first. `undefined` when
 * the job has ended or something of it runs. Pure.
 */
export function diagnose(evidence: Evidence): Diagnosis | undefined {
  const { job } = evidence;
  if (job === undefined) return unknownJob(evidence);
  if (job.ended || job.counts.running > 0) return undefined;
  return (
    diagnoseCertain(evidence) ??
    inDoubt(evidence, behindOthers(evidence) ?? diagnoseMachines(evidence) ?? undetermined(evidence))
  );
}

/** Whoever is told to wait hears what was not looked at: there the trouble may be. */
function inDoubt(evidence: Evidence, diagnosis: Diagnosis): Diagnosis {
  const { summary, ...rest } = withoutLimit(evidence, diagnosis);
  return { ...rest, summary: diagnosis.wait === true ? `${summary}${unseenWords(evidence)}` : summary };
}

/** Batch forgets jobs that ended (AB 2.3), and other regions and accounts know other ones. */
function unknownJob({ jobId, region }: Evidence): Diagnosis {
  return {
    code: 'JOB_UNKNOWN',
    summary: `AWS Batch knows no job ${jobId} in ${region}: it ended more than 7 days ago, or was submitted in another region or account, or a moment ago.`,
    fix: 'See which account and region are asked (`aws sts get-caller-identity`; `region` in muster.yaml). If they are right, `muster watch` settles the run from what its slices have written.',
  };
}

/** Who comes first may wait for the same machines: then why there are none says more than the order. */
function behindOthers(evidence: Evidence): Diagnosis | undefined {
  const front = diagnoseFront(evidence);
  if (front?.wait !== true) return front;
  return launchTrouble(evidence, (evidence.environments ?? []).filter(takesJobs)) ?? front;
}

/** What needs no look at machines. */
export function diagnoseCertain(evidence: Evidence): Diagnosis | undefined {
  const { job } = evidence;
  // What is being started has its place: the queue no longer matters to it.
  if (job !== undefined && job.counts.starting > 0) return diagnoseStarting(evidence);
  return (
    diagnoseQueue(evidence) ??
    blocked(evidence) ??
    diagnoseLimit(evidence) ??
    diagnoseEnvironments(evidence) ??
    notYet(evidence)
  );
}

/** Children come to be a while after their parent (AB 2.3). */
function notYet({ job, now }: Evidence): Diagnosis | undefined {
  if (job === undefined || job.counts.runnable > 0 || job.counts.early === 0) return undefined;
  const waited = (now - job.createdAt) / 1000;
  if (isCold(waited)) {
    return {
      code: 'SUBMITTED',
      summary: `Batch has taken ${job.name} and is putting its ${job.size} slices into the queue.`,
      fix: 'This takes a minute or two, as a rule.',
      wait: true,
    };
  }
  return {
    code: 'NOT_QUEUED',
    summary: `Batch took ${job.name} ${minutes(waited)} ago and none of its slices has reached the queue.`,
    fix: 'Look at the health of AWS Batch in this region; cancel the run and launch it again if it lasts.',
  };
}

function undetermined(evidence: Evidence): Diagnosis {
  const { environments = [], queue } = evidence;
  const waited = waitedSeconds(evidence);
  if (isCold(waited)) {
    return {
      code: 'WAITING',
      summary: `The slices have waited for ${minutes(waited)}; starting machines takes 5-10 min, as a rule.`,
      fix: 'Wait.',
      wait: true,
    };
  }
  const disabled =
    queue !== undefined && queue !== 'gone' && queue.state === 'DISABLED'
      ? ` Queue ${queue.name} is disabled: it should finish what it holds, and takes no new jobs.`
      : '';
  return {
    code: 'UNDETERMINED',
    summary: `The slices have waited for ${minutes(waited)}, and nothing that was looked at explains it.${disabled}${unseenWords(evidence)}`,
    fix: `Look at the instances of ${named(environments)} in the consoles of EC2 and ECS.${spotFix(evidence)}`,
  };
}

const named = (environments: readonly { readonly name: string }[]) =>
  environments.length === 0 ? 'the compute environments' : environments.map(({ name }) => name).join(', ');
