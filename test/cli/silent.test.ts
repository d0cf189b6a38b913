import { afterAll, beforeAll, expect, it } from 'vitest';
import { AwsPlace } from './aws-place.ts';

/** An image whose entry point is not the worker: every slice ends at once, with 0, and nothing is written. */
let aws: AwsPlace;
beforeAll(async () => {
  aws = await AwsPlace.open({ worker: false });
});
afterAll(() => aws[Symbol.asyncDispose]());

it('an image without the worker is told of as why all is missing, and no rerun of it is offered', async () => {
  const { code, stdout } = await aws.place.muster('run', 'toy', '--every', '1s');
  expect(stdout).toContain('0 of 12 succeeded, 12 missing\n');
  expect(stdout).toMatch(
    /slices? ended well and wrote nothing, so 12 combinations are missing: the image did not start/,
  );
  expect(stdout).toContain('muster run grids/toy.yaml');
  expect(stdout).not.toContain('muster rerun');
  expect(code).toBe(1);
});

it('`explain` says the same, with the log', async () => {
  const text = await aws.place.good('explain', 'toy');
  expect(text).toContain('12 combinations are missing: the image did not start the worker.');
  expect(text).toMatch(/what one of them wrote: https:\/\/us-east-1\.console\.aws\.amazon\.com/);
});

it('a look that publishes it ends with 1, and one that has nothing to publish with 0', async () => {
  await aws.place.good('launch', 'toy', '--limit', '2');
  let looked = await aws.place.muster('watch');
  while (!looked.stdout.includes('0 of 2 succeeded')) {
    expect(looked.code).toBe(0);
    looked = await aws.place.muster('watch');
  }
  expect(looked.code).toBe(1);
  expect((await aws.place.muster('watch')).code).toBe(0);
});
