import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { CapacityFacts } from '../../src/preflight/capacity/facts.ts';
import { judgeQueues } from '../../src/preflight/capacity/judge-queues.ts';
import { networkNeeds } from '../../src/preflight/capacity/network-needs.ts';
import { zonesOf } from '../../src/preflight/network/facts.ts';
import { judgeNetwork } from '../../src/preflight/network/judge-network.ts';
import { trustedServices } from '../../src/preflight/surroundings/trust.ts';
import { configurationSchema } from '../../src/run/configuration-schema.ts';
import { family, typeFacts } from '../../test/preflight/capacity/scene.ts';
import { known, networkOf, queuesOf } from './account.ts';
import { filled, resourcesOf, type Synthesized, synthesize, variants, whole } from './synthesized.ts';

/** What muster.yaml says of the queues, as the set-up prints it. */
function wantedOf(template: Synthesized) {
  const { queues } = configurationSchema.parse(parse(filled(template.Outputs.MusterYaml?.Value, template)));
  return Object.fromEntries(
    Object.entries(queues).map(([name, { scratch, max_vcpus: maxVcpus, ...queue }]) => [
      name,
      {
        ...queue,
        ...(maxVcpus !== undefined && { maxVcpus }),
        ...(scratch !== undefined && { scratchMib: Number.parseInt(scratch, 10) * 1024 }),
      },
    ]),
  );
}

function findings(template: Synthesized): readonly string[] {
  const network = networkOf(template);
  const queues = queuesOf(template, wantedOf(template));
  const families = ['c7g', 'm7g', 'r7g', 'c7a', 'm7a', 'r7a'];
  const zones = typeFacts(families.flatMap((name) => family(name)));
  const offered = zones.offered.known ? [...zones.offered.value.values()] : [];
  const [all = new Set<string>()] = offered;
  const everywhere = known(
    new Map(['us-east-1a', 'us-east-1b', 'us-east-1c'].map((zone) => [zone, all] as const)),
  );
  const types = { ...zones, offered: everywhere };
  const facts: CapacityFacts = { region: 'us-east-1', queues, types, zones: zonesOf(network), quotas: {} };
  const checks = [...judgeNetwork(network, networkNeeds(queues, types)), ...judgeQueues(facts, [])];
  expect(checks.length).toBeGreaterThan(8);
  return [...new Set(checks.flatMap((check) => check.findings.map(({ code }) => code)))];
}

/** The template with another value of a property: what somebody changes by hand. */
function edited(
  template: Synthesized,
  type: string,
  change: (properties: Record<string, unknown>) => void,
): Synthesized {
  const copy = structuredClone(template);
  for (const { Properties } of resourcesOf(copy, type)) change(Properties);
  return copy;
}

const without = (template: Synthesized, type: string): Synthesized => ({
  ...template,
  Resources: Object.fromEntries(Object.entries(template.Resources).filter(([, { Type }]) => Type !== type)),
});

describe('preflight finds nothing to mend', () => {
  test.each(['by default', 'behind NAT', 'with endpoints'] as const)('in a set-up %s', (variant) => {
    expect(findings(synthesize(variants[variant]))).toEqual([]);
  });
});

describe('preflight finds what somebody changed', () => {
  const open = synthesize();
  const ends = synthesize(variants['with endpoints']);

  test.each<[string, Synthesized, string]>([
    [
      'addresses',
      edited(open, 'AWS::EC2::Subnet', (one) => (one.MapPublicIpOnLaunch = false)),
      'no-public-address',
    ],
    ['the internet gateway', without(open, 'AWS::EC2::VPCGatewayAttachment'), 'igw-not-attached'],
    ['the way out', without(open, 'AWS::EC2::Route'), 'no-egress'],
    ['who may reach endpoints', without(ends, 'AWS::EC2::SecurityGroupIngress'), 'endpoint-closed'],
    [
      'names of endpoints',
      edited(ends, 'AWS::EC2::VPCEndpoint', (one) => (one.PrivateDnsEnabled = false)),
      'endpoint-no-private-dns',
    ],
    ['a queue', edited(open, 'AWS::Batch::JobQueue', (one) => (one.State = 'DISABLED')), 'queue-disabled'],
  ])('of %s', (_, template, code) => {
    expect(findings(template)).toContain(code);
  });
});

test.each([
  ['muster-job', 'ecs-tasks.amazonaws.com'],
  ['muster-execution', 'ecs-tasks.amazonaws.com'],
  ['muster-instance', 'ec2.amazonaws.com'],
])('the role %s trusts %s, as preflight demands', (name, service) => {
  const role = resourcesOf(synthesize(whole), 'AWS::IAM::Role').find(
    ({ Properties }) => Properties.RoleName === name,
  );
  expect(trustedServices(JSON.stringify(role?.Properties.AssumeRolePolicyDocument))).toEqual([service]);
});

test('the profile of instances holds their role', () => {
  const [profile] = resourcesOf(synthesize(), 'AWS::IAM::InstanceProfile');
  expect(profile?.Properties).toMatchObject({ Roles: [{ Ref: expect.stringContaining('instance') }] });
});
