import { expect, test } from 'vitest';
import { failureLines } from '../../src/report/failure-text.ts';

const group = {
  class: 'program',
  message: 'the program exited with 3',
  exitCode: 3,
  signal: null,
  count: 4,
  examples: ['a=1', 'a=2'].map((label, index) => ({ label, index, id: '0', attempts: 1 })),
  tail: `${Array.from({ length: 12 }, (_, n) => `line ${n}`).join('\n')}\n::error::no command\n`,
} as const;

test('failures in a terminal: kind, labels, and what one printed last', () => {
  const lines = failureLines([group]);
  expect(lines.slice(0, 2)).toEqual([
    '4 x program: the program exited with 3 (exit 3)',
    '  a=1, a=2 and 2 others',
  ]);
  expect(lines.slice(2)).toHaveLength(10);
  expect(lines[2]).toBe('  | line 3');
  expect(lines.at(-1)).toMatch(/^ {2}\| .*no command$/);
});

test('kinds beyond the twentieth are counted', () => {
  expect(failureLines(Array.from({ length: 22 }, () => group)).at(-1)).toBe('and 8 other failures');
});
