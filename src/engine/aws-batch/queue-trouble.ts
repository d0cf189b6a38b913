import { batchCommand } from './command.ts';

/** What is wrong with a queue, in the same words for those who submit to it and for those who wait in it. */
export interface QueueTrouble {
  /** Begins in lower case and ends without a full stop. */
  readonly reason: string;
  readonly fix: string;
  /** It will never run anything again. */
  readonly lost: boolean;
}

export function noQueue(region: string, queue: string): QueueTrouble {
  return { reason: `there is no job queue ${queue} in ${region}`, fix: takeAnother(region), lost: true };
}

/** A queue whose status is not VALID (AB 4.1). */
export function invalidQueue(
  {
    name,
    status,
    statusReason,
  }: { readonly name: string; readonly status: string; readonly statusReason?: string },
  region: string,
  queue: string,
): QueueTrouble {
  const said = statusReason === undefined || statusReason === '' ? '' : ` ("${statusReason}")`;
  return {
    reason: `job queue ${name} is ${status}${said}`,
    ...{ fix: fixOf(status, region, queue), lost: status === 'DELETING' || status === 'DELETED' },
  };
}

function fixOf(status: string, region: string, queue: string): string {
  if (status === 'CREATING' || status === 'UPDATING') {
    const look = batchCommand(region, 'describe-job-queues', `--job-queues ${queue}`);
    return `Wait until \`${look}\` says VALID.`;
  }
  if (status !== 'INVALID') return takeAnother(region);
  return `Repair its compute environments: why they are invalid is the statusReason in \`${batchCommand(region, 'describe-compute-environments')}\`.`;
}

const takeAnother = (region: string) =>
  `Name another one under \`queues\` in muster.yaml: \`${batchCommand(region, 'describe-job-queues')}\` lists those there are.`;
