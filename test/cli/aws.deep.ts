import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AwsPlace, musterYaml, toyImage } from './aws-place.ts';

const house = fileURLToPath(new URL('../..', import.meta.url));

let aws: AwsPlace;
beforeAll(async () => {
  aws = await AwsPlace.open();
  for (const path of ['grids/demo.yaml', 'grids/checks', 'docker/demo'])
    cpSync(join(house, path), join(aws.place.root, path), { recursive: true });
  const image = toyImage.replace('/toy@', '/demo@');
  aws.place.write('muster.yaml', musterYaml.replace(/images: .*/, `images: { demo: "${image}" }`));
});
afterAll(() => aws[Symbol.asyncDispose]());

it('the demo is whole on AWS Batch, although one combination needs a second attempt', async () => {
  expect(await aws.place.good('run', 'demo', '--every', '1s')).toContain('48 of 48 succeeded');
  const [job] = aws.describe(aws.batch.jobIds[0] ?? '');
  expect(job?.arrayProperties?.size).toBeGreaterThan(1);
  expect(await aws.place.good('verify', 'demo', '--read')).toContain('all as published');
});

it('its outputs are fetched from the bucket', async () => {
  await aws.place.good('fetch', 'demo', '--only', '*.json', '--to', join(aws.place.root, 'fetched'));
  const fetched = aws.place.files('fetched').filter((path) => path.endsWith('summary.json'));
  expect(fetched).toHaveLength(48);
});
