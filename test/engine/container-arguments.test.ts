import { expect, test } from 'vitest';
import type { JobResources } from '../../src/engine/engine.ts';
import { checkDocker } from '../../src/engine/local/container/docker.ts';
import { namesForContainer } from '../../src/engine/local/container/environment.ts';
import { type ContainerRun, runArguments } from '../../src/engine/local/container/run-command.ts';
import type { JobRecord } from '../../src/engine/local/job-record.ts';
import { ConfigurationError } from '../../src/errors.ts';
import { jobRequest } from './local/local-harness.ts';

function job(resources: Partial<JobResources> = {}, environment: Record<string, string> = {}): JobRecord {
  const request = jobRequest({ size: 2, resources, environment });
  return {
    ...{ ...request, resources: { ...request.resources, ulimits: { ...request.resources.ulimits } } },
    environment: { ...request.environment },
    image: { ...request.image },
    tags: {},
    ...{ schema: 1, id: 'the-job', createdAt: '2026-01-01T00:00:00Z', definition: 'local-container/demo' },
  };
}

function argumentsOf(changed: Partial<ContainerRun> = {}): string[] {
  return runArguments({
    settings: { workerBundle: '/opt/worker.mjs', node: '/opt/node' },
    job: job(),
    container: { image: 'demo:1', node: 'mounted' },
    ...{ child: 1, attempt: 3, work: '/table/work/x', variables: [], machineVcpus: 4 },
    ...changed,
  });
}

/** The values of an option, in order. */
const valuesOf = (name: string, args: readonly string[]) =>
  args.flatMap((arg, at) => (arg === name ? [args[at + 1]] : []));

test('a container has the memory of its slice and not a byte of swap on top', () => {
  const args = argumentsOf({ job: job({ memoryMib: 300 }) });
  expect([...valuesOf('--memory', args), ...valuesOf('--memory-swap', args)]).toEqual(['300m', '300m']);
});

test('a container has the vCPUs of its slice', () => {
  expect(valuesOf('--cpus', argumentsOf({ job: job({ vcpus: 1.5 }) }))).toEqual(['1.5']);
});

test('a slice wider than the machine gets the machine: Docker refuses more', () => {
  expect(valuesOf('--cpus', argumentsOf({ job: job({ vcpus: 64 }) }))).toEqual(['4']);
});

test('a container is marked with its job', () => {
  expect(valuesOf('--label', argumentsOf())).toContain('muster.job=the-job');
});

test('every attempt of every slice has a name of its own', () => {
  const names = [argumentsOf(), argumentsOf({ child: 13 }), argumentsOf({ attempt: 13 })].flatMap((args) =>
    valuesOf('--name', args),
  );
  expect(names).toEqual(['muster-the-job-1-3', 'muster-the-job-13-3', 'muster-the-job-1-13']);
});

test('variables are named in the arguments, their values are not', () => {
  const secret = job({}, { MUSTER_SECRET: 'hunter2' });
  const args = argumentsOf({ job: secret, variables: ['MUSTER_SECRET'] });
  expect(valuesOf('--env', args)).toContain('MUSTER_SECRET');
  expect(args.join(' ')).not.toContain('hunter2');
});

test('what the worker writes belongs to the user who runs the engine', () => {
  expect(valuesOf('--user', argumentsOf({ user: { uid: 501, gid: 20 } }))).toEqual(['501:20']);
});

test('a directory store and the work folder have the same path inside', () => {
  const args = argumentsOf({ job: job({}, { MUSTER_STORE: 'file:///data/the%20store' }) });
  expect(valuesOf('--mount', args)).toEqual(
    expect.arrayContaining([
      'type=bind,source=/data/the store,target=/data/the store',
      'type=bind,source=/table/work/x,target=/table/work/x',
    ]),
  );
});

test('a store elsewhere mounts nothing', () => {
  const mounts = valuesOf('--mount', argumentsOf({ job: job({}, { MUSTER_STORE: 's3://bucket/prefix' }) }));
  expect(mounts.join(' ')).not.toContain('bucket');
});

test('a folder with a comma stays one field of the mount', () => {
  expect(valuesOf('--mount', argumentsOf({ work: '/a,b' }))).toContain(
    'type=bind,"source=/a,b","target=/a,b"',
  );
});

test('the worker and its Node cannot be changed from inside', () => {
  const mounts = valuesOf('--mount', argumentsOf());
  expect(mounts).toContain('type=bind,source=/opt/node,target=/muster/node,readonly');
  expect(mounts).toContain('type=bind,source=/opt/worker.mjs,target=/muster/worker.mjs,readonly');
});

test("the image's own entry point is not run: the worker is", () => {
  const args = argumentsOf();
  expect(args.slice(-4)).toEqual(['--entrypoint', '/muster/node', 'demo:1', '/muster/worker.mjs']);
});

test('an image with a Node of its own runs the worker with that', () => {
  const args = argumentsOf({ container: { image: 'demo:1', node: 'own' } });
  expect(args.slice(-4)).toEqual(['--entrypoint', 'node', 'demo:1', '/muster/worker.mjs']);
  expect(valuesOf('--mount', args).join(' ')).not.toContain('/opt/node');
});

test('limits of the grid are limits of the container', () => {
  expect(valuesOf('--ulimit', argumentsOf({ job: job({ ulimits: { nofile: 65_536 } }) }))).toEqual([
    'nofile=65536',
  ]);
});

test("of this machine's variables only those that open the store and cross a proxy are passed on", () => {
  const environment = { AWS_REGION: 'eu-west-1', PATH: '/bin', GITHUB_TOKEN: 'x', HOME: '/root' };
  expect(namesForContainer({ MUSTER_RUN: 'run' }, environment)).toEqual(['AWS_REGION', 'MUSTER_RUN']);
});

test('without Docker, the option says what to install', async () => {
  const refused = await checkDocker('/nonexistent/docker').catch((error) => error);
  expect(refused).toBeInstanceOf(ConfigurationError);
  expect(refused.message).toContain('apt-get install docker.io');
});
