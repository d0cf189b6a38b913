import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PreflightReport, Tally } from '../../src/preflight/report.ts';
import { type Place, toyPlace } from '../cli/place.ts';
import { motoUrl } from './moto.ts';
import { account, region, rightAccount, type Whole } from './preflight-whole-account.ts';

let whole: Whole;
let place: Place;
beforeAll(async () => {
  whole = await rightAccount();
  place = toyPlace({
    ...{ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_ENDPOINT_URL: motoUrl },
    ...{ AWS_PROFILE: undefined, AWS_SESSION_TOKEN: undefined, AWS_ENDPOINT_URL_S3: undefined },
  });
  place.write('muster.yaml', whole.musterYaml);
});
afterAll(() => place[Symbol.dispose]());

async function look(...args: readonly string[]) {
  const { stdout, stderr, code } = await place.muster('preflight', ...args, '--json');
  if (stdout === '') throw new Error(stderr);
  // What our own command prints.
  const report = JSON.parse(stdout) as PreflightReport & { readonly tally: Tally };
  const findings = report.checks.flatMap((check) => check.findings);
  const undone = report.checks.flatMap(({ notDone }) => notDone.map(({ action }) => action));
  const errors = findings.filter(({ severity }) => severity === 'error').map((finding) => finding.code);
  return { code, report, errors, findings, undone: new Set(undone) };
}

test('an account that is right has no error, and all but the inside of images is looked at', async () => {
  const { code, errors, undone } = await look('toy');
  expect([code, errors]).toEqual([0, []]);
  // moto serves no layers, so nobody knows what an image holds; of quotas it knows only those of VPCs.
  const unknown = ['ecr:GetDownloadUrlForLayer', 'servicequotas:GetServiceQuota'];
  expect([...undone].filter((action) => !unknown.includes(action))).toEqual([]);
});

test('it takes fewer than forty calls, which the report counts', async () => {
  const began = performance.now();
  const { report } = await look('toy');
  const calls = Object.values(report.calls).reduce((sum, times) => sum + times, 0);
  process.stdout.write(
    `preflight of a grid: ${calls} calls, ${((performance.now() - began) / 1000).toFixed(1)} s\n`,
  );
  expect(calls).toBeGreaterThan(15);
  expect(calls).toBeLessThan(40);
});

test('without a grid the queues of muster.yaml are looked at', async () => {
  const { code, errors, report } = await look();
  expect([code, errors]).toEqual([0, []]);
  expect(report.grids).toEqual([]);
});

test('the picture shows the way out of each subnet', async () => {
  const { report } = await look();
  for (const id of [...whole.subnets, whole.table, whole.gateway]) expect(report.picture).toContain(id);
});

test('faults of several rooms are all told, each once, and the command ends with 2', async () => {
  const { ec2, logs } = account;
  const route = { RouteTableId: whole.table, DestinationCidrBlock: '0.0.0.0/0' };
  const logGroupName = /log_group: (\S+)/.exec(whole.musterYaml)?.[1] ?? '';
  await ec2.deleteRoute(route);
  await logs.deleteLogGroup({ logGroupName });
  place.write('muster.yaml', whole.musterYaml.replace(':role/', ':role/none-'));
  try {
    const { code, errors, findings } = await look('toy');
    expect(code).toBe(2);
    expect(errors.toSorted()).toEqual(['log-group-missing', 'no-egress', 'role-missing']);
    expect(findings.every(({ fix }) => fix !== '')).toBe(true);
    expect(findings.find((one) => one.code === 'log-group-missing')?.fix).toContain(
      `aws logs create-log-group --region ${region}`,
    );
    const { stdout } = await place.muster('preflight', 'toy', '--markdown');
    expect(stdout).toContain('```mermaid');
  } finally {
    place.write('muster.yaml', whole.musterYaml);
    await ec2.createRoute({ ...route, GatewayId: whole.gateway });
    await logs.createLogGroup({ logGroupName });
    await logs.putRetentionPolicy({ logGroupName, retentionInDays: 30 });
  }
});

test('a launch that nothing stands in the way of goes through', async () => {
  const { code, stdout } = await place.muster('launch', 'toy');
  expect([code, stdout]).toEqual([0, expect.stringContaining('is launched')]);
});
