import { expect, test } from 'vitest';
import { judgeMachine } from '../../src/doctor/judge-machine.ts';
import type { MachineFacts } from '../../src/doctor/machine.ts';

const right: MachineFacts = {
  node: '24.21.0',
  architecture: 'amd64',
  commit: '0123456789abcdef',
  bundles: { builtMs: 2000, changedMs: 1000 },
  docker: { daemon: '28.2.2', buildx: 'v0.30.1', platforms: ['linux/amd64', 'linux/arm64'] },
  scratch: { path: '/tmp', freeBytes: 100 * 2 ** 30 },
};
const both = ['arm64', 'amd64'];
const codes = (facts: Partial<MachineFacts>) =>
  judgeMachine({ ...right, ...facts }, both).flatMap(({ findings }) => findings.map(({ code }) => code));

test('a machine with everything has no finding', () => {
  expect(codes({})).toEqual([]);
});

test.each<[string, Partial<MachineFacts>]>([
  ['node-old', { node: '22.3.0' }],
  ['bundles-stale', { bundles: { builtMs: 1000, changedMs: 2000 } }],
  ['docker-silent', { docker: { silence: 'Cannot connect to the Docker daemon' } }],
  ['no-buildx', { docker: { daemon: '28.2.2' } }],
  ['no-emulation', { docker: { ...right.docker, platforms: ['linux/amd64', 'linux/386'] } }],
  ['scratch-small', { scratch: { path: '/tmp', freeBytes: 2 ** 30 } }],
])('one fault gives one finding: %s', (code, facts) => {
  expect(codes(facts)).toEqual([code]);
});

test('a folder without a commit is told', () => {
  const { commit: _, ...without } = right;
  const findings = judgeMachine(without, both).flatMap((one) => one.findings);
  expect(findings.map(({ code }) => code)).toEqual(['no-git']);
  // Whatever else lies in the folder is nobody's to commit unseen.
  expect(findings[0]?.fix).not.toContain('add -A');
});

test('on arm64 the other architecture is amd64', () => {
  const docker = { ...right.docker, platforms: ['linux/arm64'] };
  const finding = judgeMachine({ ...right, architecture: 'arm64', docker }, both).flatMap(
    ({ findings }) => findings,
  );
  expect(finding.map(({ about }) => about)).toEqual(['linux/amd64']);
});

test('an installed package has no bundles to compare', () => {
  const { bundles: _, ...installed } = right;
  const check = judgeMachine(installed, both).find((one) => one.check === 'bundles');
  expect(check).toMatchObject({ findings: [], nothing: expect.stringContaining('no clone') });
});

test.each([[['amd64']], [undefined]])(
  'where queues run %j nobody misses the other architecture',
  (wanted) => {
    const docker = { ...right.docker, platforms: ['linux/amd64'] };
    const check = judgeMachine({ ...right, docker }, wanted).find((one) => one.check === 'emulation');
    expect(check).toMatchObject({ findings: [], nothing: expect.any(String) });
  },
);
