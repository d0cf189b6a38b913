import { describe, expect, test } from 'vitest';
import { ecrOf, formatReference, isLoopback, parseReference } from '../../src/image/reference.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('a reference', () => {
  test.each([
    ['debian', 'docker.io/library/debian'],
    ['teamcompas/compas:02.46.01', 'docker.io/teamcompas/compas:02.46.01'],
    ['index.docker.io/library/debian', 'docker.io/library/debian'],
    ['docker.io/debian', 'docker.io/library/debian'],
    ['localhost/demo', 'localhost/demo'],
    ['127.0.0.1:5000/demo:one', '127.0.0.1:5000/demo:one'],
    ['[::1]:5000/demo', '[::1]:5000/demo'],
    ['ghcr.io/some_body/a-b.c/d__e:v1.2', 'ghcr.io/some_body/a-b.c/d__e:v1.2'],
    [`ghcr.io/a/b@${digest}`, `ghcr.io/a/b@${digest}`],
    [`ghcr.io/a/b:1@${digest}`, `ghcr.io/a/b:1@${digest}`],
  ])('%s is %s', (text, whole) => {
    const read = parseReference(text);
    expect(read && formatReference(read)).toBe(whole);
  });

  test.each([
    ...['', ':1', 'Debian', 'a//b', 'a/', '/a', 'a b', '-a', 'a:', 'a:b:c', 'a@sha256:12', `a@@${digest}`],
    ...[`a@${digest}@${digest}`, `a:${'t'.repeat(129)}`, 'a:-tag', 'host:99999999/a', '--help', 'ghcr.io/'],
    ...[`a@sha256:${'A'.repeat(64)}`, 'a/../b', 'http://ghcr.io/a', 'ghcr.io/a:1;rm'],
  ])('%j is none', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });
});

describe('a host name of ECR', () => {
  test.each([
    ['123456789012.dkr.ecr.us-west-2.amazonaws.com', 'us-west-2', 'amazonaws.com'],
    ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1', 'amazonaws.com.cn'],
    ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1', 'amazonaws.com'],
    ['123456789012.dkr-ecr.eu-west-1.on.aws', 'eu-west-1', 'on.aws'],
  ])('%s tells account and region', (host, region, dnsSuffix) => {
    expect(ecrOf(host)).toEqual({ account: '123456789012', region, dnsSuffix });
  });

  test.each([
    ...['public.ecr.aws', 'ghcr.io', '12345.dkr.ecr.us-west-2.amazonaws.com'],
    ...['123456789012.dkr.ecr.us-west-2.amazonaws.com.evil.example', 'x123456789012.dkr.ecr.a.amazonaws.com'],
  ])('%s is another registry', (host) => {
    expect(ecrOf(host)).toBeUndefined();
  });
});

test.each([
  ['localhost', true],
  ['localhost:5000', true],
  ['127.0.0.1:5000', true],
  ['[::1]:5000', true],
  ['127.0.0.1.evil.example', false],
  ['localhost.evil.example', false],
  ['10.0.0.1:5000', false],
])('whether %s is this machine: %s', (registry, is) => {
  expect(isLoopback(registry)).toBe(is);
});
