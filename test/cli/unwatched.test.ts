import { expect, it } from 'vitest';
import { AwsPlace, musterYaml } from './aws-place.ts';

it('a run on AWS Batch that was left says that nobody watches it, and with what to go on', async () => {
  await using aws = await AwsPlace.open();
  aws.place.write('muster.yaml', `${musterYaml}watch: { every: 1s }\n`);
  await aws.place.good('launch', 'toy', '--limit', '2');
  const overdue = /Nobody is watching: .*\n {2}muster watch toy-\w+ --follow\n/;
  await expect.poll(() => aws.place.good('status', 'toy'), { timeout: 20_000 }).toMatch(overdue);
  expect(await aws.place.good('explain', 'toy')).toMatch(overdue);
  await aws.place.good('watch', 'toy', '--follow', '--every', '1s');
  expect(await aws.place.good('status', 'toy')).not.toContain('watching');
});
