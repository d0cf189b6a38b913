import { expect, test } from 'vitest';
import { failureLines, failureText } from '../../src/report/failure-text.ts';

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

const seen = {
  ...group,
  advice: 'Give it more memory: `muster rerun demo --memory 4096MiB`.',
  examples: Array.from({ length: 5 }, (_, index) => ({
    ...{ label: `a=${index}`, index, attempts: 1 },
    ...{ url: `https://jobs.example/${index}`, logUrl: `https://logs.example/${index}` },
  })),
};

test('labels lead to logs, the first also to its job, and long addresses are few', () => {
  const text = failureText([seen]);
  expect(text).toContain(
    '[`a=0`](https://logs.example/0), [`a=1`](https://logs.example/1), [`a=2`](https://logs.example/2), `a=3`',
  );
  expect(text).toContain('([job of the first](https://jobs.example/0))');
});

test('without a log the label leads to the job', () => {
  const [example] = seen.examples;
  const text = failureText([
    { ...seen, examples: [{ label: 'a=0', index: 0, attempts: 1, url: example?.url ?? '' }] },
  ]);
  expect(text).toContain('[`a=0`](https://jobs.example/0)');
  expect(text).not.toContain('job of the first');
});

test('advice follows what failed, in reviews and in terminals', () => {
  expect(failureText([seen])).toContain('Give it more memory: `muster rerun demo --memory 4096MiB`.');
  expect(failureLines([seen])).toContain('  Give it more memory: `muster rerun demo --memory 4096MiB`.');
});

test('a terminal shows where the first one is seen', () => {
  expect(failureLines([seen]).slice(-2)).toEqual([
    '  job: https://jobs.example/0',
    '  log: https://logs.example/0',
  ]);
});
