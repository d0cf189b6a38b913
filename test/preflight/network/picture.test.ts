import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeNetwork } from '../../../src/preflight/network/judge-network.ts';
import { networkPicture } from '../../../src/preflight/network/picture.ts';
import {
  endpointNetwork,
  factsOf,
  type Network,
  natNetwork,
  publicNetwork,
  route,
  unknown,
} from './facts.ts';
import { endpointFaults, natFaults, publicFaults } from './faults.ts';

const pictureOf = (network: Network) => networkPicture(factsOf(network), [network.need]);

/** Every line that this file's grammar of a flowchart knows; mermaid 11 was seen to draw them. */
const text = '"(?:[\\w .,:/+()-]|#\\d+;|<br/>)*"';
const lines = [
  /^flowchart LR$/,
  new RegExp(`^ {2}n\\d+(?:\\[${text}\\]|\\(\\[${text}\\]\\)|\\[/${text}/\\])$`),
  new RegExp(`^ {2}n\\d+ (?:-->|-->\\|${text}\\||-\\.->\\|${text}\\|) n\\d+$`),
  /^ {2}linkStyle \d+(?:,\d+)* stroke:#[0-9a-f]{6},stroke-width:3px$/,
  /^$/,
];
const strange = (source: string) =>
  source.split('\n').filter((line) => !lines.some((known) => known.test(line)));

test('the way of a subnet behind NAT is drawn to the internet', () => {
  expect(pictureOf(natNetwork)).toBe(`flowchart LR
  n0(["the internet"])
  n1["spot<br/>compute environment"]
  n2["subnet-a<br/>us-west-2a, 10.0.0.0/24<br/>250 free addresses"]
  n3["subnet-b<br/>us-west-2b, 10.0.1.0/24<br/>250 free addresses"]
  n4[/"rtb-1<br/>route table"/]
  n5["endpoint of<br/>s3"]
  n6["nat-1<br/>public NAT gateway, available"]
  n7["igw-1<br/>internet gateway"]
  n1 --> n2
  n1 --> n3
  n2 --> n4
  n4 --> n5
  n4 -->|"0.0.0.0/0"| n6
  n6 -->|"from subnet-nat"| n7
  n7 --> n0
  n3 --> n4
`);
});

test('a broken edge is dotted, red, and says why', () => {
  const picture = pictureOf({ ...natNetwork, nats: [] });
  expect(picture).toContain('  n4 -.->|"nat-missing"| n6\n');
  const edges = picture.split('\n').filter((line) => line.includes('> n') || line.includes('| n'));
  const at = edges.findIndex((line) => line.includes('nat-missing'));
  expect(picture).toContain(`  linkStyle ${at} stroke:#d1242f`);
});

test('a NAT gateway behind a firewall leads to another network, not to the internet', () => {
  const tables = natNetwork.tables.map((table) =>
    table.id === 'rtb-nat' ? { ...table, routes: [route('vpce-fw', 'elsewhere')] } : table,
  );
  const picture = pictureOf({ ...natNetwork, tables });
  expect(picture).toContain('-->|"from subnet-nat"|');
  expect(picture).toContain('-->|"cannot be seen"|');
  expect(picture).not.toContain('the internet');
});

test('an endpoint too few stands apart from those that are there', () => {
  const endpoints = endpointNetwork.endpoints.filter(({ id }) => id !== 'vpce-ecr.dkr');
  const picture = pictureOf({ ...endpointNetwork, endpoints });
  expect(picture).toContain('["endpoints of<br/>ecs, ecs-agent, ecs-telemetry, ecr.api, s3, logs"]');
  expect(picture).toContain('["endpoint of ecr.dkr"]');
  expect(picture).not.toContain('the internet');
});

test('names cannot break out of their quotes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (environment) => {
      const picture = pictureOf({ ...publicNetwork, need: { ...publicNetwork.need, environment } });
      expect(strange(picture)).toEqual([]);
    }),
  );
});

describe.each([
  ['public', publicNetwork, publicFaults],
  ['NAT', natNetwork, natFaults],
  ['endpoints', endpointNetwork, endpointFaults],
] as const)('%s', (_, network, faults) => {
  test.each(faults)('with %s is drawn, its error where it breaks', (_name, change) => {
    const changedNetwork = change(network);
    const picture = pictureOf(changedNetwork);
    expect(strange(picture)).toEqual([]);
    const findings = judgeNetwork(factsOf(changedNetwork), [changedNetwork.need]).flatMap(
      (check) => check.findings,
    );
    for (const { code, severity } of findings) if (severity === 'error') expect(picture).toContain(code);
  });
});

test('what was refused is drawn as not known', () => {
  const facts = { ...factsOf(publicNetwork), routeTables: unknown('ec2:DescribeRouteTables') };
  expect(networkPicture(facts, [publicNetwork.need])).toContain(
    'not known:<br/>ec2:DescribeRouteTables gave no answer',
  );
});
