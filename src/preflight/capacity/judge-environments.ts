import { checked, verdictOn } from '../codes.ts';
import { awsCommand, quoted } from '../command.ts';
import { environmentChange } from '../environment-change.ts';
import type { Check, Finding } from '../finding.ts';
import { finding } from './codes.ts';
import {
  type CapacityFacts,
  type EnvironmentFacts,
  isOn,
  type QueueFacts,
  usableEnvironments,
} from './facts.ts';
import { aboutEnvironment, aboutQueue, onceEach } from './on-queues.ts';

const row = {
  group: 'queue',
  check: 'environments',
  title: 'Every compute environment starts instances for slices',
} as const;

/** State, status and kind of each compute environment (AB 4.1). */
export function judgeEnvironments({ queues, region }: CapacityFacts): Check {
  const verdicts = queues.map((queue) =>
    verdictOn(queue.environments, (environments) => [
      ...missing(queue, environments, region),
      ...environments.flatMap((one) => [
        ...stateTrouble(queue, one, region),
        ...kindTrouble(queue, one, region),
      ]),
    ]),
  );
  return onceEach(checked(row, verdicts));
}

function missing(
  { wanted, queue }: QueueFacts,
  environments: readonly EnvironmentFacts[],
  region: string,
): readonly Finding[] {
  const named = queue.known ? (queue.value?.environments ?? []) : [];
  const gone = named.filter((name) => !environments.some((one) => one.arn === name || one.name === name));
  if (gone.length === 0) return [];
  const seen = `it names ${gone.join(', ')}, and there is no such compute environment in ${region}`;
  const fix = reorder(wanted.arn, region, environments);
  return [finding('environment-missing', { about: aboutQueue(wanted), seen, fix })];
}

function stateTrouble(queue: QueueFacts, one: EnvironmentFacts, region: string): readonly Finding[] {
  if (isOn(one)) return [];
  const isSpare = usableEnvironments(queue).length > 0;
  const about = aboutEnvironment(one);
  if (one.state !== 'ENABLED') {
    const fix = environmentChange(region, one, '--state ENABLED');
    const seen = `it is ${one.state || 'in no state'}`;
    return [finding(isSpare ? 'spare-environment-disabled' : 'environment-disabled', { about, seen, fix })];
  }
  const said = one.statusReason === undefined || one.statusReason === '' ? '' : `: "${one.statusReason}"`;
  const look = awsCommand(
    region,
    'batch describe-compute-environments',
    `--compute-environments ${quoted(one.name)}`,
  );
  const fix = `Mend what it says, then let Batch look again: ${environmentChange(region, one, '--state ENABLED')}; ${look} shows whether it is VALID.`;
  const seen = `it is ${one.status || 'in no status'}${said}`;
  return [finding(isSpare ? 'spare-environment-invalid' : 'environment-invalid', { about, seen, fix })];
}

function kindTrouble(queue: QueueFacts, one: EnvironmentFacts, region: string): readonly Finding[] {
  const kind = queue.queue.known ? queue.queue.value?.kind : undefined;
  // A queue of another kind has only environments of that kind: it has been told of the queue.
  if (kind !== undefined && kind !== 'ECS') return [];
  const foreign = foreignKind(one);
  if (foreign === undefined) return [];
  const about = aboutEnvironment(one);
  const { seen } = foreign;
  const useful = usableEnvironments(queue);
  if (useful.length > 0) {
    const fix = reorder(queue.wanted.arn, region, useful);
    return [finding('spare-environment-foreign', { about, seen, fix })];
  }
  const fix = `Put a managed compute environment of EC2 or SPOT under ECS in its place: ${reorder(queue.wanted.arn, region, [])}`;
  return [finding(foreign.code, { about, seen, fix })];
}

/** Of a kind that runs no jobs of ours (AB 4.1). */
function foreignKind({ managed, buys, orchestration = 'ECS' }: EnvironmentFacts) {
  if (!managed) return { code: 'environment-unmanaged', seen: 'it is UNMANAGED' } as const;
  if (buys !== 'EC2' && buys !== 'SPOT') {
    return { code: 'environment-not-instances', seen: `it is of type ${buys || 'unknown'}` } as const;
  }
  if (orchestration === 'ECS') return undefined;
  return { code: 'environment-not-ecs', seen: `it is orchestrated by ${orchestration}` } as const;
}

/** To these environments in this order; without any, to one that has a name yet to be found. */
export function reorder(
  queue: string,
  region: string,
  environments: readonly Pick<EnvironmentFacts, 'name'>[],
): string {
  const names = environments.length === 0 ? ['NAME'] : environments.map(({ name }) => name);
  const order = names.map((name, at) => `order=${at + 1},computeEnvironment=${name}`).join(' ');
  return awsCommand(
    region,
    'batch update-job-queue',
    `--job-queue ${quoted(queue)}`,
    `--compute-environment-order ${order}`,
  );
}
