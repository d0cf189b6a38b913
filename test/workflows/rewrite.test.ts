import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRepository } from '../../scripts/lint-workflows/repository.ts';
import { forAct } from './act/rewrite.ts';
import { root } from './planted.ts';

describe('the copy that the workflow runner runs', () => {
  it.each(readRepository(root).workflows.map(({ path }) => path))(
    'differs from %s in three things',
    (path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const kept = forAct(text).split('\n');
      const changed = text.split('\n').filter((line) => !kept.includes(line));
      const known = /^ *(queue: max|deployment: false|(- |)uses: \$\/[\w/.-]+)$/;
      expect(changed.filter((line) => !known.test(line))).toEqual([]);
    },
  );
});
