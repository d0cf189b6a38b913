import { describe, expect, test } from 'vitest';
import { classifyFailure } from '../../../../src/engine/aws-batch/classify/classify.ts';
import {
  type AttemptEvidence,
  type ChildEvidence,
  childEvidence,
} from '../../../../src/engine/aws-batch/classify/evidence.ts';

const asked = { run: 'demo-0123456789ab', memoryMib: 7680, timeoutSeconds: 4200 };

/** A child with these attempts, the last of which gives the job its status. */
function child(...attempts: AttemptEvidence[]): ChildEvidence {
  const status = attempts.at(-1)?.statusReason;
  return { ...(status !== undefined && { statusReason: status }), stopped: false, attempts, asked };
}
const exited = 'Essential container in task exited';
const said = (containerReason: string, exitCode?: number): AttemptEvidence => ({
  ...{ statusReason: exited, containerReason },
  ...(exitCode !== undefined && { exitCode }),
});
const lost: AttemptEvidence = { statusReason: 'Host EC2 (instance i-0a1b2c3d4e5f) terminated.' };

describe('each text of Batch and ECS has its kind and its advice', () => {
  test.each<[string, ChildEvidence, string, RegExp]>([
    ['a lost host', child(lost), 'host', /--capacity on-demand/],
    ['a lost host that drained', child({ ...lost, exitCode: 143 }), 'host', /muster rerun demo-0123456789ab/],
    [
      'memory',
      child(said('OutOfMemoryError: Container killed due to memory usage', 137)),
      'memory',
      /15360MiB/,
    ],
    [
      'a pull without image',
      child(said('CannotPullContainerError: manifest unknown')),
      'image',
      /push it again/,
    ],
    [
      'a pull without rights',
      child(said('CannotPullECRContainerError: denied: no')),
      'image',
      /ecr:BatchGetImage/,
    ],
    [
      'a pull unauthorized',
      child(said('CannotPullContainerAuthError: unauthorized')),
      'image',
      /ecr:BatchGetImage/,
    ],
    [
      'a pull without network',
      child(said('CannotPullContainerError: i/o timeout')),
      'image',
      /endpoints for ecr\.api/,
    ],
    [
      'a pull too many',
      child(said('CannotPullContainerError: toomanyrequests: x')),
      'image',
      /copy the image to ECR/,
    ],
    [
      'a pull onto a full disk',
      child(said('CannotPullContainerError: no space left on device')),
      'disk',
      /root volume/,
    ],
    [
      'a pull for another architecture',
      child(said('CannotPullContainerError: no matching manifest for linux/arm64 in the list')),
      'image',
      /architecture/,
    ],
    ['a manifest', child(said('CannotPullImageManifestError: something new')), 'image', /reach its registry/],
    ['a slow Docker', child(said('DockerTimeoutError: Could not transition to created')), 'host', /rerun/],
    ['an agent that is gone', child(said('AGENT')), 'host', /rerun/],
    [
      'an agent that lost track',
      child(said('CannotInspectContainerError: x')),
      'host',
      /Results that were written count/,
    ],
    ['an entry point', child(said('CannotStartContainerError: no such file')), 'start', /entry point/],
    ['a mount', child(said('CannotCreateContainerError: no device')), 'start', /ulimits/],
    [
      'a full disk',
      child(said('CannotCreateContainerError: no space left on device')),
      'disk',
      /larger volume/,
    ],
    ['set-up', child(said('ResourceInitializationError: unable to pull secrets')), 'start', /execution role/],
    [
      'set-up, as status',
      child({ statusReason: 'ResourceInitializationError: x' }),
      'start',
      /execution role/,
    ],
    ['a task', child({ statusReason: 'Task failed to start' }), 'start', /rerun/],
    [
      'log rights',
      child(said('CannotStartContainerError: AccessDeniedException: not allowed: logs:CreateLogStream on x')),
      'start',
      /logs:PutLogEvents/,
    ],
    [
      'a role',
      child({ statusReason: "ECS was unable to assume the role 'arn:x'" }),
      'start',
      /ecs-tasks\.amazonaws/,
    ],
    [
      'a timeout',
      child({ statusReason: 'Job attempt duration exceeded timeout', exitCode: 137 }),
      'timeout',
      /--timeout/,
    ],
    [
      'overrides',
      child({ statusReason: 'Container Overrides length must be at most 8192' }),
      'start',
      /report it/,
    ],
    ['a dependency', child({ statusReason: 'Dependent Job failed' }), 'start', /rerun/],
    ['a parent', child({ statusReason: 'Array Child Job failed' }), 'unknown', /slices themselves/],
  ])('%s', (_, evidence, kind, advice) => {
    const found = classifyFailure(evidence);
    expect(found.class).toBe(kind);
    expect(found.advice).toMatch(advice);
  });
});

describe('without a text the exit code decides', () => {
  test.each<[number, string]>([
    [1, 'program'],
    [2, 'program'],
    [65, 'program'],
    [75, 'program'],
    [124, 'timeout'],
    [125, 'start'],
    [126, 'start'],
    [127, 'start'],
    [134, 'program'],
    [139, 'program'],
    [143, 'host'],
  ])('%i is %s', (exitCode, kind) => {
    expect(classifyFailure(child({ exitCode, statusReason: exited })).class).toBe(kind);
  });

  test('137 without a reason is taken for memory, with the advice', () => {
    const found = classifyFailure(child({ exitCode: 137, statusReason: exited }));
    expect(found.class).toBe('memory');
    expect(found.advice).toContain('--memory 15360MiB');
  });

  test('no code and no word means that it never ran', () => {
    expect(classifyFailure(child({ statusReason: exited }))).toMatchObject({
      class: 'start',
      reason: 'never ran',
    });
    expect(classifyFailure(child())).toMatchObject({ class: 'start', reason: 'never ran' });
  });

  test('a text that nobody knows is passed on', () => {
    expect(classifyFailure(child({ statusReason: 'Something new' }))).toMatchObject({
      ...{ class: 'unknown', reason: 'Something new' },
    });
  });

  test('0 that counts as failed is odd, and said', () => {
    expect(classifyFailure(child({ exitCode: 0, statusReason: exited }))).toMatchObject({
      class: 'unknown',
      reason: expect.stringContaining('exited with 0'),
    });
  });
});

describe('the first in the order of AB 9.1 decides', () => {
  test('who stopped it, before what the stop looked like', () => {
    const found = classifyFailure({
      ...child({ statusReason: exited, exitCode: 137, containerReason: 'OutOfMemoryError: x' }),
      ...{ stopped: true, statusReason: 'wrong grid (ana)' },
    });
    expect(found).toMatchObject({ class: 'cancelled', reason: 'wrong grid (ana)' });
  });

  test('a queue that gives up waiting jobs is not a person', () => {
    const found = classifyFailure({
      ...child(),
      stopped: true,
      statusReason:
        'Canceled by JobStateTimeLimit action due to reason: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT',
    });
    expect(found.class).toBe('start');
    expect(found.reason).toContain('MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT');
    expect(found.advice).toContain('--memory');
  });

  test('a timeout, before the SIGKILL that carried it out', () => {
    const attempt = { exitCode: 137, statusReason: exited };
    const found = classifyFailure({
      ...child(attempt),
      statusReason: 'Job attempt duration exceeded timeout',
    });
    expect(found.class).toBe('timeout');
  });

  test('memory with exit 0 is suspicious', () => {
    const found = classifyFailure(child(said('OutOfMemoryError: Container killed due to memory usage', 0)));
    expect(found.class).toBe('memory');
    expect(found.reason).toContain('may be incomplete');
  });

  test('a lost machine, before the pull that it broke off', () => {
    const found = classifyFailure(child({ ...lost, containerReason: 'CannotPullContainerError: EOF' }));
    expect(found.class).toBe('host');
  });

  test('a cause of its own, before "Task failed to start"', () => {
    const found = classifyFailure(
      child({ statusReason: 'Task failed to start', containerReason: 'CannotPullContainerError: EOF' }),
    );
    expect(found.class).toBe('image');
  });
});

describe('the last attempt decides, all are counted', () => {
  test('lost hosts before a failure of the program', () => {
    const found = classifyFailure(child(lost, lost, { exitCode: 3, statusReason: exited }));
    expect(found).toMatchObject({ class: 'program', hostLosses: 2 });
    expect(found.reason).toBe('exit code 3; 2 of 3 attempts lost their machine');
  });

  test('every attempt lost its host', () => {
    const found = classifyFailure(child(lost, lost, lost));
    expect(found).toMatchObject({ class: 'host', hostLosses: 3 });
    expect(found.reason).toContain('all 3 attempts lost their machine');
  });

  test('a plain 143 is no proof that the machine was lost', () => {
    expect(classifyFailure(child({ exitCode: 143, statusReason: exited })).hostLosses).toBe(0);
  });
});

test('without knowing the run, advice leaves its place open', () => {
  const found = classifyFailure({ ...child(lost), asked: {} });
  expect(found.advice).toContain('muster rerun <run> --select failed');
});

describe('evidence from DescribeJobs', () => {
  const job = {
    ...{ jobId: 'j:1', jobName: 'n', jobQueue: 'q', jobDefinition: 'd', startedAt: 0 },
    status: 'FAILED' as const,
  };

  test('attempts, flags, and what was asked for', () => {
    const evidence = childEvidence({
      ...job,
      isTerminated: true,
      statusReason: 'enough',
      timeout: { attemptDurationSeconds: 90 },
      attempts: [{ statusReason: 'Host EC2 x' }, { container: { exitCode: 1, reason: 'r' } }],
      container: {
        environment: [{ name: 'MUSTER_RUN', value: 'demo-1' }],
        resourceRequirements: [
          { type: 'VCPU', value: '4' },
          { type: 'MEMORY', value: '7600' },
        ],
      },
    });
    expect(evidence).toEqual({
      ...{ statusReason: 'enough', stopped: true },
      attempts: [{ statusReason: 'Host EC2 x' }, { exitCode: 1, containerReason: 'r' }],
      asked: { run: 'demo-1', memoryMib: 7600, timeoutSeconds: 90 },
    });
  });

  test('a job without attempts speaks through its container', () => {
    const evidence = childEvidence({ ...job, container: { reason: 'CannotPullContainerError: EOF' } });
    expect(classifyFailure(evidence).class).toBe('image');
    expect(evidence).toMatchObject({ stopped: false, asked: {} });
  });
});
