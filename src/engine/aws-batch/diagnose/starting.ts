import type { Diagnosis } from '../../engine.ts';
import type { Evidence, TaskFacts } from '../evidence/evidence.ts';
import { isCold, minutes } from './time.ts';
import { unseenWords } from './unseen.ts';

/** Slices that have a machine and do not get going: an image that does not come, or a log driver (AB 4.6, 8). */
export function diagnoseStarting({ job, now, notSeen }: Evidence): Diagnosis | undefined {
  const oldest = [...(job?.tasks ?? [])].sort((one, other) => one.createdAt - other.createdAt)[0];
  const seconds = oldest === undefined ? 0 : (now - oldest.createdAt) / 1000;
  if (oldest === undefined || isCold(seconds)) {
    return {
      code: 'STARTING',
      summary: `${job?.counts.starting ?? 0} slices have their machines and are starting.${unseenWords({ notSeen })}`,
      fix: 'Wait: the first pull of an image takes minutes.',
      wait: true,
    };
  }
  const { stage, fix } = stageOf(oldest);
  return {
    code: 'START_SLOW',
    summary: `${job?.counts.starting ?? 0} slices have their machines and do not start; the first one since ${minutes(seconds)}: ${stage}.`,
    fix,
  };
}

function stageOf({ pullStartedAt, pullStoppedAt }: TaskFacts) {
  if (pullStoppedAt !== undefined) {
    return {
      stage: 'the image is there, the container is not',
      fix: 'The log driver or secrets hang, as a rule: look whether the machines reach CloudWatch Logs (NAT, or an endpoint for logs) and whether the log group exists.',
    };
  }
  return {
    stage:
      pullStartedAt === undefined ? 'its image is not being pulled yet' : 'its image is still being pulled',
    fix: 'Look at the size of the image and at the way to its registry: NAT, or endpoints for ecr.api, ecr.dkr and S3; a public registry may limit pulls.',
  };
}
