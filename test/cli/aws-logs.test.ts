import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsPlace } from './aws-place.ts';

describe('what people see of a run on AWS Batch', () => {
  let aws: AwsPlace;
  let job = 'none';
  beforeAll(async () => {
    aws = await AwsPlace.open();
    aws.place.write('diary.txt.broken', '3\n');
    await aws.place.muster('run', 'toy', '--every', '1s');
    job = aws.batch.jobIds[0] ?? 'none';
  });
  afterAll(() => aws[Symbol.asyncDispose]());

  it('leads from the log of a combination to its job and its stream in the console', async () => {
    const { stdout, stderr, code } = await aws.place.muster('logs', 'toy', 'n3_left');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('no luck with 3');
    expect(stderr).toMatch(
      new RegExp(`^job: https://us-east-1\\.console\\.aws\\.amazon\\.com/.*${job}:\\d+$`, 'm'),
    );
    expect(stderr).toMatch(/^log: https:\/\/us-east-1\.console\..*log-group\/\$252Faws\$252Fbatch\$252Fjob/m);
    expect(stderr).toMatch(
      new RegExp(`^or: {2}aws batch describe-jobs --region us-east-1 --jobs ${job}:\\d+$`, 'm'),
    );
  });

  it('prints nothing but the log of a combination that went well', async () => {
    const { stdout, stderr } = await aws.place.muster('logs', 'toy', 'n6_right');
    expect({ stdout, stderr }).toEqual({ stdout: 'working on 6\n', stderr: '' });
  });

  it('reads what the worker wrote from CloudWatch where a combination has no log', async () => {
    const { objects } = aws.s3.shelf('lab');
    for (const key of objects.keys()) if (/n6_right\/.*program\.log\.gz$/.test(key)) objects.delete(key);
    const { stdout, stderr, code } = await aws.place.muster('logs', 'toy', 'n6_right');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(/^n6_right has no log of its own; its slice \d+ wrote:$/m);
    expect(stdout).toContain('n6_right');
  });

  it('says why there is no log at all, and where the job is seen', async () => {
    aws.batch.forget(job);
    const { stderr, code } = await aws.place.muster('logs', 'toy', 'n6_right');
    expect(code).toBe(2);
    expect(stderr).toContain('its log is not in the store any more');
    expect(stderr).toMatch(new RegExp(`Its job: https://.*${job}:\\d+`));
  });
});
