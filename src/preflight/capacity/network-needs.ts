import type { NetworkNeed } from '../network/need.ts';
import type { WantedClass } from '../wanted.ts';
import {
  type EnvironmentFacts,
  type QueueFacts,
  type TypeFacts,
  typesNamed,
  usableEnvironments,
} from './facts.ts';
import { fitOn } from './fit.ts';

/**
 * What each environment that takes slices asks of the network. How many instances is told with the types and, closer,
 * with the classes; while nobody knows the types it is 1, the fewest.
 */
export function networkNeeds(
  queues: readonly QueueFacts[],
  types?: TypeFacts,
  classes: readonly WantedClass[] = [],
): readonly NetworkNeed[] {
  const environments = new Map(
    queues.flatMap(usableEnvironments).map((environment) => [environment.name, environment]),
  );
  return [...environments.values()].map((environment) => {
    const own = queues.filter((queue) =>
      usableEnvironments(queue).some(({ name }) => name === environment.name),
    );
    const waiting = classes.filter(({ queue }) => own.some(({ wanted }) => wanted.name === queue));
    const [unread] = environment.templates.flatMap(({ content }) => (content.known ? [] : [content]));
    const said = publicAddressOf(environment);
    // One that nobody may read may say so as well.
    const publicAddress = unread === undefined || said === false ? said : undefined;
    return {
      environment: environment.name,
      strategy: environment.strategy,
      subnets: environment.subnets,
      securityGroups: groupsOf(environment),
      ...(publicAddress !== undefined && { publicAddress }),
      ...(unread !== undefined && { unread }),
      instances: instancesOf(environment, types, waiting),
      ...((environment.desiredVcpus ?? 0) > 0 && { running: true }),
      // Our definitions always log to CloudWatch.
      logs: true,
    };
  });
}

const templatesOf = ({ templates }: EnvironmentFacts) =>
  templates.flatMap(({ content }) => (content.known && content.value !== undefined ? [content.value] : []));

/** Those of the environment win over those of its launch template (AB 4.2). */
function groupsOf(environment: EnvironmentFacts): readonly string[] {
  if (environment.securityGroups.length > 0) return environment.securityGroups;
  const templates = templatesOf(environment);
  return [
    ...new Set(
      templates.flatMap(({ securityGroups, interfaces }) => [
        ...securityGroups,
        ...interfaces.flatMap((one) => one.securityGroups),
      ]),
    ),
  ];
}

/** `true` only where every template says so: with one that is silent, some instances do as the subnet says. */
function publicAddressOf(environment: EnvironmentFacts): boolean | undefined {
  const said = templatesOf(environment).map(({ interfaces }) =>
    interfaces.map(({ publicAddress }) => publicAddress).find((one) => one !== undefined),
  );
  if (said.includes(false)) return false;
  return said.length > 0 && said.every((one) => one === true) ? true : undefined;
}

/** Worst case: all of maxvCpus on the smallest type that holds a slice (AB 5.2), and never more than there are slices. */
function instancesOf(
  { types: entries, maxVcpus }: EnvironmentFacts,
  types: TypeFacts | undefined,
  classes: readonly WantedClass[],
): number {
  const named = types?.types.known ? typesNamed(entries, types.types.value) : [];
  const fitting = named.filter((type) => classes.some((one) => fitOn(type, one).perInstance > 0));
  const smallest = Math.min(...(fitting.length > 0 ? fitting : named).map(({ vcpus }) => vcpus));
  if (named.length === 0 || maxVcpus === 0) return 1;
  const atOnce = classes.reduce(
    (sum, { slices, resources }) => sum + Math.min(slices, resources.concurrent ?? slices),
    0,
  );
  const most = Math.ceil(maxVcpus / smallest);
  return classes.length === 0 ? most : Math.max(1, Math.min(most, atOnce));
}
