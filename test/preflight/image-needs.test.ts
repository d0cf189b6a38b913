import { expect, test } from 'vitest';
import { withImages } from '../../src/preflight/image-needs.ts';
import { environment, queueFacts, wantedClass } from './capacity/scene.ts';
import { publicNetwork } from './network/facts.ts';

const need = { ...publicNetwork.need, environment: 'spot-1' };
const queues = [
  queueFacts({ wanted: { name: 'spot' } }),
  queueFacts({ wanted: { name: 'night' }, environments: [environment({ name: 'night-1' })] }),
];
const digest = `@sha256:${'a'.repeat(64)}`;
const ecr = (region: string) => `123456789012.dkr.ecr.${region}.amazonaws.com`;

/** What the environment of queue `spot` is told, where it runs images of these references. */
function imagesOf(...references: readonly (string | undefined)[]) {
  const images = references.map((reference, at) => ({
    ...{ name: `image-${at}`, architectures: [] },
    ...(reference !== undefined && { reference: `${reference}${digest}` }),
  }));
  const classes = images.map(({ name }) => wantedClass({}, { queue: 'spot', image: name }));
  return withImages([need], queues, { classes, images }, 'us-east-1')[0]?.images;
}

test('images of ECR of the region need ECR alone', () => {
  expect(imagesOf(`${ecr('us-east-1')}/one`)).toEqual({ ecr: true, elsewhere: [] });
});

test('images of other registries do not need ECR', () => {
  expect(imagesOf('ghcr.io/lab/model')).toEqual({
    ecr: false,
    elsewhere: [{ image: 'image-0', registry: 'ghcr.io' }],
  });
});

test('ECR of another region is another registry', () => {
  expect(imagesOf(`${ecr('eu-west-1')}/one`)).toEqual({
    ecr: false,
    elsewhere: [{ image: 'image-0', registry: ecr('eu-west-1') }],
  });
});

test('an image that nobody has pushed will be in ECR', () => {
  expect(imagesOf(undefined, 'debian')).toEqual({
    ecr: true,
    elsewhere: [{ image: 'image-1', registry: 'docker.io' }],
  });
});

test('images of slices that run elsewhere do not count', () => {
  const images = [{ name: 'model', reference: `ghcr.io/lab/model${digest}`, architectures: [] }];
  const classes = [wantedClass({}, { queue: 'night', image: 'model' })];
  expect(withImages([need], queues, { classes, images }, 'us-east-1')).toEqual([need]);
});
