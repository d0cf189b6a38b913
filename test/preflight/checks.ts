import type { Check, Finding } from '../../src/preflight/finding.ts';
import type { PreflightReport } from '../../src/preflight/report.ts';

export const blackhole: Finding = {
  code: 'nat-blackhole',
  severity: 'error',
  about: 'subnet-0ab12',
  seen: 'route 0.0.0.0/0 of rtb-01 leads to nat-0c, which is deleted',
  why: 'instances start and never reach ECS, so slices wait for ever',
  fix: 'aws ec2 replace-route --region us-east-1 --route-table-id rtb-01 --destination-cidr-block 0.0.0.0/0 --nat-gateway-id <nat>',
};

export const waves: Finding = {
  code: 'waves',
  severity: 'warning',
  about: 'queue spot',
  seen: '64 vCPU for 1,440 slices of 1 vCPU',
  why: 'the run takes 23 waves',
  fix: 'Raise `maxvCpus`.',
};

export const check = (part: Partial<Check> = {}): Check => ({
  group: 'network',
  check: 'egress',
  title: 'Every subnet has a way out',
  findings: [],
  notDone: [],
  ...part,
});

/** One error, one warning, one refused call that two checks needed, one check with nothing to look at. */
export const checks: readonly Check[] = [
  check({ group: 'storage', check: 'inputs', title: 'Inputs can be read', nothing: 'no grid is given' }),
  check({ findings: [blackhole] }),
  check({ group: 'queue', check: 'width', title: 'Queues are wide enough', findings: [waves] }),
  ...['one', 'two'].map((name) =>
    check({
      group: 'image',
      check: name,
      title: `Image ${name} is there`,
      notDone: [{ action: 'ecr:BatchGetImage', why: 'not allowed' }],
    }),
  ),
  check({ group: 'identity', check: 'region', title: 'A region is set' }),
];

export const report: PreflightReport = {
  at: '2026-11-20T19:05:00.000Z',
  region: 'us-east-1',
  grids: ['grids/toy.yaml'],
  checks,
  calls: { 'ec2:DescribeSubnets': 2, 'batch:DescribeJobQueues': 1 },
  picture: 'flowchart LR\n  a["subnet-0ab12"] -. deleted .-> b["nat-0c"]',
};
