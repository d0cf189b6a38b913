import { expect, test } from 'vitest';
import { type Fragment, fragmentSchema } from '../../src/results/fragment.ts';
import { isFragment } from '../../src/results/is-fragment.ts';
import { parseFragment } from '../../src/results/parse-fragment.ts';
import { bytesOf, entry, failure, fragment } from './fixtures.ts';

/** Every field present, every list filled. */
const sample: Fragment = fragment({
  startedAt: '2026-01-01T00:00:00.000Z',
  instance: { type: 'c7a.xlarge', zone: 'us-west-2a', capacity: 'spot' },
  combinations: [
    entry(0, {
      outputs: [{ path: 'a', key: 'k', size: 1, sha256: 'x' }],
      results: { number: 1, text: 'x', nothing: null },
    }),
    entry(1, { state: 'failed', failure: failure('it broke', { signal: 'SIGKILL' }) }),
  ],
});

type Path = readonly (string | number)[];

function pathsOf(value: unknown): Path[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const below = Object.entries(value).flatMap(([key, each]) => pathsOf(each).map((path) => [key, ...path]));
  return [[], ...below];
}

/** A copy with one place changed; `undefined` takes the field away. */
function changed(value: unknown, path: Path, put: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return put;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value)
    ? [...value]
    : { ...(value as object) };
  const next = changed(Reflect.get(copy, key), rest, put);
  if (next === undefined && Array.isArray(copy)) copy.splice(Number(key), 1);
  else if (next === undefined) Reflect.deleteProperty(copy, key);
  else Reflect.set(copy, key, next);
  return copy;
}

const replacements = [
  ...[undefined, null, true, 0, 1.5, -1, Number.POSITIVE_INFINITY, '', 'failed', 'memory', 'x'],
  ...[[], {}, [1], ['x'], { a: 1 }, { a: true }, 2],
];

test('the fast check and the schema agree on a whole fragment', () => {
  expect(isFragment(sample)).toBe(true);
  expect(fragmentSchema.safeParse(sample).success).toBe(true);
});

test.each(pathsOf(sample).map((path) => [path.join('.'), path] as const))(
  'the fast check and the schema agree whatever stands at %s',
  (_, path) => {
    for (const put of replacements) {
      const candidate = changed(sample, path, put);
      expect(isFragment(candidate), JSON.stringify(put)).toBe(fragmentSchema.safeParse(candidate).success);
    }
  },
);

test('a field of a newer worker is no reason to refuse a fragment', () => {
  expect(parseFragment(bytesOf({ ...sample, later: 1 })).kind).toBe('fragment');
});
