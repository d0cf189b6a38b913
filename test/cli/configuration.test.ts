import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { toyPlace } from './place.ts';

const place = toyPlace();
afterAll(() => place[Symbol.dispose]());

describe('muster.yaml', () => {
  it.each([
    ['stor: x', 'muster.yaml:1:1: there is no key `stor`\n  Did you mean `store`? Allowed: store, '],
    [
      'watch: { every: soon }',
      'muster.yaml:1:17: `watch.every`: write a duration, such as `10 min`, not `soon`\n',
    ],
    [
      'engine: aws-batch',
      'muster.yaml:1:9: the engine `aws-batch` needs a job queue, and muster.yaml names none',
    ],
    ['forge: github', 'muster.yaml:1:8: `forge: github` needs a repository, and muster.yaml names none'],
  ])('that cannot be followed ends with 2 and its place: %s', async (text, message) => {
    place.write('muster.yaml', text);
    const { code, stderr } = await place.muster('ls');
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

it('a folder that holds no grids is refused, and nothing is made in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-no-grids-'));
  const { code, stderr } = await place.muster('-C', folder, 'ls');
  const made = existsSync(join(folder, '.muster'));
  rmSync(folder, { recursive: true });
  expect(stderr).toContain('there is no `grids` folder here or above');
  expect(code).toBe(2);
  expect(made).toBe(false);
});
