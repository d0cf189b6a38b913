import { invalidQueue, noQueue } from '../../engine/aws-batch/queue-trouble.ts';
import { checked, verdictOn } from '../codes.ts';
import { awsCommand, quoted } from '../command.ts';
import type { Check, Finding } from '../finding.ts';
import type { WantedClass } from '../wanted.ts';
import { finding } from './codes.ts';
import type { CapacityFacts, FoundQueue, QueueFacts } from './facts.ts';
import { judgeBuying } from './judge-buying.ts';
import { judgeDeclared } from './judge-declared.ts';
import { judgeEnvironments } from './judge-environments.ts';
import { judgeOfferings } from './judge-offerings.ts';
import { judgeRoom } from './judge-room.ts';
import { judgeTemplates } from './judge-templates.ts';
import { judgeTypes } from './judge-types.ts';
import { judgeVolumes } from './judge-volumes.ts';
import { aboutQueue, onceEach } from './on-queues.ts';

/** The group `queue`: from the queue itself to the machines it may start. Pure. */
export function judgeQueues(facts: CapacityFacts, classes: readonly WantedClass[]): readonly Check[] {
  return [
    judgeQueueState(facts),
    judgeEnvironments(facts),
    judgeBuying(facts),
    judgeRoom(facts, classes),
    judgeDeclared(facts),
    judgeTemplates(facts),
    judgeVolumes(facts),
    judgeTypes(facts),
    judgeOfferings(facts),
  ];
}

const row = { group: 'queue', check: 'queues', title: 'Every queue takes jobs' } as const;

function judgeQueueState({ queues, region }: CapacityFacts): Check {
  const verdicts = queues.map((facts) =>
    verdictOn(facts.queue, (queue) =>
      queue === undefined ? missing(facts, region) : troubles(facts, queue, region),
    ),
  );
  return onceEach(checked(row, verdicts));
}

function missing({ wanted }: QueueFacts, region: string): readonly Finding[] {
  const { reason: seen, fix } = noQueue(region, wanted.arn);
  return [finding('queue-missing', { about: aboutQueue(wanted), seen, fix })];
}

function troubles(facts: QueueFacts, queue: FoundQueue, region: string): readonly Finding[] {
  const { wanted } = facts;
  const about = aboutQueue(wanted);
  const change = (...options: readonly string[]) =>
    awsCommand(region, 'batch update-job-queue', `--job-queue ${quoted(wanted.arn)}`, ...options);
  const found: Finding[] = [];
  if (queue.kind !== undefined && queue.kind !== 'ECS') {
    const seen = `job queue ${queue.name} is of type ${queue.kind}`;
    const fix = `Name a queue of type ECS under \`queues.${wanted.name}.arn\` in muster.yaml: ${awsCommand(region, 'batch describe-job-queues')}`;
    found.push(finding('queue-kind', { about, seen, fix }));
  }
  if (queue.state === 'DISABLED') {
    const seen = `job queue ${queue.name} is ${queue.state}`;
    found.push(finding('queue-disabled', { about, seen, fix: change('--state ENABLED') }));
  }
  const count = queue.environments.length;
  if (count === 0 || count > 3) {
    const seen = `job queue ${queue.name} has ${count} compute environments`;
    const fix = change('--compute-environment-order order=1,computeEnvironment=NAME');
    found.push(finding('queue-environments', { about, seen, fix }));
  }
  if (isInvalid(facts, queue)) {
    const { reason: seen, fix } = invalidQueue(queue, region, wanted.arn);
    found.push(finding(isSettling(queue) ? 'queue-settling' : 'queue-invalid', { about, seen, fix }));
  }
  return found;
}

/** Being made or changed, it is on its way to VALID by itself. */
const isSettling = ({ status }: FoundQueue) => status === 'CREATING' || status === 'UPDATING';

/** An environment that is missing or INVALID makes its queue INVALID: then it is told there (AB 4.1). */
function isInvalid({ environments }: QueueFacts, queue: FoundQueue): boolean {
  if (queue.status === '' || queue.status === 'VALID') return false;
  if (queue.status !== 'INVALID' || !environments.known) return true;
  const { value } = environments;
  return queue.environments.length === value.length && value.every(({ status }) => status !== 'INVALID');
}
