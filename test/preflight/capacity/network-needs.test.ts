import { describe, expect, test } from 'vitest';
import type { QueueFacts, TemplateFacts } from '../../../src/preflight/capacity/facts.ts';
import { networkNeeds } from '../../../src/preflight/capacity/network-needs.ts';
import {
  environment,
  known,
  onDemand,
  queueFacts,
  refused,
  template,
  typeFacts,
  wantedClass,
} from './scene.ts';

const oneOf = (queues: readonly QueueFacts[], ...rest: [] | [Parameters<typeof networkNeeds>[2]]) => {
  const [need] = networkNeeds(queues, typeFacts(), ...rest);
  if (need === undefined) throw new Error('there is no need');
  return need;
};
const withTemplates = (...templates: readonly TemplateFacts[]) => [
  queueFacts({ environments: [environment({ templates })] }),
];
const publicTemplate = (publicAddress?: boolean) =>
  template({
    interfaces: [{ securityGroups: [], ...(publicAddress === undefined ? {} : { publicAddress }) }],
  });

describe('what environments ask of the network', () => {
  test('is told of each once, by its name', () => {
    const environments = [environment(), onDemand()];
    const queues = [queueFacts({ environments }), queueFacts({ environments, wanted: { name: 'other' } })];
    expect(networkNeeds(queues)).toEqual([
      {
        environment: 'spot-1',
        strategy: 'SPOT_PRICE_CAPACITY_OPTIMIZED',
        subnets: ['subnet-a', 'subnet-b'],
        securityGroups: ['sg-1'],
        instances: 1,
        logs: true,
      },
      expect.objectContaining({ environment: 'od-1' }),
    ]);
  });

  test.each([
    [0, undefined],
    [4, true],
  ])('with %d desired vCPUs, tells of running instances: %s', (desiredVcpus, running) => {
    const environments = [environment({ desiredVcpus })];
    expect(oneOf([queueFacts({ environments })]).running).toBe(running);
  });

  test('is not told of those that take no slices', () => {
    expect(networkNeeds([queueFacts({ environments: [environment({ state: 'DISABLED' })] })])).toEqual([]);
  });

  test('is not told of a queue that nobody may look at', () => {
    const answer = refused('batch:DescribeComputeEnvironments');
    expect(networkNeeds([{ ...queueFacts(), environments: answer }])).toEqual([]);
  });

  test.each([
    { templates: [publicTemplate(true)], is: true },
    { templates: [publicTemplate(false)], is: false },
    { templates: [publicTemplate(true), publicTemplate(false)], is: false },
    { templates: [publicTemplate(true), publicTemplate()], is: undefined },
    { templates: [template()], is: undefined },
    { templates: [], is: undefined },
  ])('has a public address as all templates say: $is', ({ templates, is }) => {
    expect(oneOf(withTemplates(...templates)).publicAddress).toBe(is);
  });

  test.each([
    { beside: [], says: {} },
    { beside: [publicTemplate(true)], says: {} },
    { beside: [publicTemplate(false)], says: { publicAddress: false } },
  ])('has an address as nobody knows, where a template may not be read: $says', ({ beside, says }) => {
    const content = refused('ec2:DescribeLaunchTemplateVersions');
    const { publicAddress, unread } = oneOf(withTemplates({ ...template(), content }, ...beside));
    expect(publicAddress).toBe(says.publicAddress);
    expect(unread).toEqual(content);
  });

  test('has the security groups of the template where the environment has none', () => {
    const templates = [template({ securityGroups: ['sg-2'], interfaces: [{ securityGroups: ['sg-3'] }] })];
    const environments = [environment({ templates, securityGroups: [] })];
    expect(oneOf([queueFacts({ environments })]).securityGroups).toEqual(['sg-2', 'sg-3']);
  });

  test('has the security groups of the environment before those of a template', () => {
    expect(oneOf(withTemplates(template({ securityGroups: ['sg-2'] }))).securityGroups).toEqual(['sg-1']);
  });
});

describe('instances at once', () => {
  test('are all vCPUs on the smallest allowed type without a grid', () => {
    expect(oneOf([queueFacts()]).instances).toBe(128);
  });

  test('are all vCPUs on the smallest type that holds a slice', () => {
    expect(oneOf([queueFacts()], [wantedClass({ vcpus: 8, memoryMib: 8000 })]).instances).toBe(32);
  });

  test('are no more than slices', () => {
    expect(
      oneOf([queueFacts()], [wantedClass({}, { slices: 12 }), wantedClass({}, { slices: 3 })]).instances,
    ).toBe(15);
  });

  test('are no more than slices at once', () => {
    expect(oneOf([queueFacts()], [wantedClass({ concurrent: 7 })]).instances).toBe(7);
  });

  test('of another queue do not count', () => {
    expect(
      oneOf([queueFacts()], [wantedClass({ concurrent: 7 }), wantedClass({}, { queue: 'x' })]).instances,
    ).toBe(7);
  });

  test('are counted on what is allowed where no type holds a slice', () => {
    expect(oneOf([queueFacts()], [wantedClass({ memoryMib: 10 ** 6 }, { slices: 1000 })]).instances).toBe(
      128,
    );
  });

  test('are one where nobody knows the types', () => {
    const answer = refused('ec2:DescribeInstanceTypes');
    expect(networkNeeds([queueFacts()], { types: answer, offered: known(new Map()) })).toMatchObject([
      { instances: 1 },
    ]);
  });
});
