import type { Answer, Unknown } from '../../../src/aws/answer.ts';
import type {
  CapacityFacts,
  EnvironmentFacts,
  FoundQueue,
  InstanceType,
  QueueFacts,
  TemplateContent,
} from '../../../src/preflight/capacity/facts.ts';
import { judgeFit } from '../../../src/preflight/capacity/judge-fit.ts';
import { judgeQueues } from '../../../src/preflight/capacity/judge-queues.ts';
import { judgeQuotas } from '../../../src/preflight/capacity/judge-quotas.ts';
import type { Check, Finding } from '../../../src/preflight/finding.ts';
import type { WantedClass, WantedQueue } from '../../../src/preflight/wanted.ts';

/** An account that is right for what is wanted: every test breaks one thing, or several. */

export const region = 'us-east-1';
export const arn = (name: string) => `arn:aws:batch:${region}:123456789012:job-queue/${name}`;
export const known = <Value>(value: Value): Answer<Value> => ({ known: true, value });
export const refused = (action: string): Unknown => ({ known: false, action, why: 'not allowed' });

const sizes = { large: 2, xlarge: 4, '2xlarge': 8, '4xlarge': 16, '8xlarge': 32 } as const;

export function instanceType(type: string, part: Partial<InstanceType> = {}): InstanceType {
  const [family = '', size = ''] = type.split('.');
  const [, vcpus = 96] = Object.entries(sizes).find(([name]) => name === size) ?? [];
  const isArm = /^[a-z]\dg/.test(family);
  return {
    type,
    architectures: [isArm ? 'arm64' : 'amd64'],
    vcpus,
    memoryMib: vcpus * 1024 * (family.startsWith('c') ? 2 : family.startsWith('m') ? 4 : 8),
    ...{ gpus: 0, bareMetal: size.startsWith('metal'), spot: true, storeGib: 0 },
    ...part,
  };
}

export const family = (name: string, ...only: readonly string[]): readonly InstanceType[] =>
  (only.length === 0 ? Object.keys(sizes) : only).map((size) => instanceType(`${name}.${size}`));

export function environment(part: Partial<EnvironmentFacts> = {}): EnvironmentFacts {
  const name = part.name ?? 'spot-1';
  return {
    ...{ name, arn: `arn:aws:batch:${region}:123456789012:compute-environment/${name}` },
    ...{ state: 'ENABLED', status: 'VALID', managed: true, orchestration: 'ECS' },
    ...{ buys: 'SPOT', spot: true, strategy: 'SPOT_PRICE_CAPACITY_OPTIMIZED' },
    ...{ minVcpus: 0, maxVcpus: 256, types: ['c7a'] },
    ...{ subnets: ['subnet-a', 'subnet-b'], securityGroups: ['sg-1'], ownImage: false, templates: [] },
    ...part,
  };
}

export const onDemand = (part: Partial<EnvironmentFacts> = {}): EnvironmentFacts =>
  environment({ name: 'od-1', buys: 'EC2', spot: false, strategy: 'BEST_FIT_PROGRESSIVE', ...part });

export const template = (part: Partial<TemplateContent> = {}) => ({
  name: 'lt-0ab12, version $Default',
  content: known<TemplateContent | undefined>({
    interfaces: [],
    securityGroups: [],
    volumesGib: [],
    ...part,
  }),
});

export interface QueueScene {
  readonly wanted?: Partial<WantedQueue>;
  readonly queue?: Partial<FoundQueue>;
  readonly environments?: readonly EnvironmentFacts[];
}

export function queueFacts({ wanted, queue, environments = [environment()] }: QueueScene = {}): QueueFacts {
  const name = wanted?.name ?? 'spot';
  return {
    wanted: {
      ...{ name, arn: arn(name), architecture: 'amd64', capacity: 'spot', instances: ['c7a'] },
      ...wanted,
    },
    queue: known({
      ...{ name, state: 'ENABLED', status: 'VALID', kind: 'ECS' },
      environments: environments.map((one) => one.arn),
      ...queue,
    }),
    environments: known(environments),
  };
}

export const zones = known(
  new Map([
    ['subnet-a', 'us-east-1a'],
    ['subnet-b', 'us-east-1b'],
  ]),
);

const allTypes = [
  ...[...family('c7a'), ...family('m7a'), ...family('c7g'), ...family('r7a')],
  instanceType('c7a.metal-48xl'),
];

/** Offered in both zones. */
export function typeFacts(types: readonly InstanceType[] = allTypes) {
  const names = new Set(types.map(({ type }) => type));
  return {
    types: known(types),
    offered: known<ReadonlyMap<string, ReadonlySet<string>>>(
      new Map([
        ['us-east-1a', names],
        ['us-east-1b', names],
      ]),
    ),
  };
}

export const account = (part: Partial<CapacityFacts> = {}): CapacityFacts => ({
  ...{ region, queues: [queueFacts()], types: typeFacts(), zones },
  quotas: { spot: known(2000), onDemand: known(2000) },
  ...part,
});

/** An account with one queue. */
export const withQueue = (scene: QueueScene, part: Partial<CapacityFacts> = {}): CapacityFacts =>
  account({ queues: [queueFacts(scene)], ...part });

export const withEnvironment = (part: Partial<EnvironmentFacts>, wanted: Partial<WantedQueue> = {}) =>
  withQueue({ wanted, environments: [environment(part)] });

type Resources = WantedClass['resources'];

export function wantedClass(
  resources: Partial<Resources> = {},
  part: Partial<Omit<WantedClass, 'resources'>> = {},
): WantedClass {
  return {
    ...{ class: 0, queue: 'spot', image: 'toy', timeoutSeconds: 600, grid: 'grids/toy.yaml', slices: 100 },
    resources: {
      ...{ vcpus: 1, memoryMib: 1800, gpus: 0, architecture: 'amd64', capacity: 'spot', ulimits: {} },
      ...resources,
    },
    ...part,
  };
}

export function judge(
  facts: CapacityFacts,
  classes: readonly WantedClass[] = [wantedClass()],
): readonly Check[] {
  return [...judgeQueues(facts, classes), ...judgeFit(facts, classes), ...judgeQuotas(facts, classes)];
}

export const findings = (facts: CapacityFacts, classes?: readonly WantedClass[]): readonly Finding[] =>
  judge(facts, classes).flatMap((check) => check.findings);

export const codes = (facts: CapacityFacts, classes?: readonly WantedClass[]): readonly string[] =>
  findings(facts, classes).map(({ code }) => code);

export const checkNamed = (checks: readonly Check[], name: string): Check => {
  const found = checks.find(({ check }) => check === name);
  if (found === undefined) throw new Error(`there is no check ${name}`);
  return found;
};
