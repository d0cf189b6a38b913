import { expect, test } from 'vitest';
import { contentOf, imageLabels, sameContent } from '../../src/image/labels.ts';

test('all that is known of an image has the names that OCI gives it', () => {
  const facts = {
    ...{ identity: 'abc', worker: 'def', title: 'compas', revision: 'c0ffee', createdAt: 1_700_000_000 },
    ...{ source: 'https://github.com/a/b', version: '02.46.01' },
    base: { name: 'docker.io/library/debian:12', digest: 'sha256:12' },
  };
  expect(imageLabels(facts)).toEqual({
    'org.opencontainers.image.title': 'compas',
    'org.opencontainers.image.revision': 'c0ffee',
    'org.opencontainers.image.created': '2023-11-14T22:13:20Z',
    'org.opencontainers.image.source': 'https://github.com/a/b',
    'org.opencontainers.image.version': '02.46.01',
    'org.opencontainers.image.base.name': 'docker.io/library/debian:12',
    'org.opencontainers.image.base.digest': 'sha256:12',
    'dev.muster.identity': 'abc',
    'dev.muster.worker': 'def',
  });
});

test('what is not known is left out', () => {
  expect(imageLabels({ identity: 'abc', title: 'x' })).toEqual({
    'org.opencontainers.image.title': 'x',
    'dev.muster.identity': 'abc',
  });
});

test('labels tell the content again', () => {
  const content = { identity: 'abc', worker: 'def' };
  expect(contentOf(imageLabels({ ...content, title: 'x' }))).toEqual(content);
});

test.each([
  ['the same program and worker', { identity: 'a', worker: 'w' }, true],
  ['another program', { identity: 'b', worker: 'w' }, false],
  ['another worker', { identity: 'a', worker: 'v' }, false],
  ['no worker', { identity: 'a' }, false],
  ['nothing said', {}, false],
])('%s: same content is %s', (_what, labels, same) => {
  expect(sameContent(labels, { identity: 'a', worker: 'w' })).toBe(same);
});
