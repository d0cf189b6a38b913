import { expect, test } from 'vitest';
import type { FitLine, FitTable } from '../../src/preflight/capacity/fit-table.ts';
import { fitMarkdown, fitText } from '../../src/report/fit-text.ts';
import { preflightMarkdown } from '../../src/report/preflight-markdown.ts';
import { checksText } from '../../src/report/preflight-text.ts';
import { checks, report } from '../preflight/checks.ts';

const line = (part: Partial<FitLine> = {}): FitLine => ({
  ...{ type: 'c7a.4xlarge', vcpus: 16, memoryMib: 32_768, perInstance: 3, idle: 0.25, tight: false },
  ...part,
});
const fit = (...types: readonly FitLine[]): FitTable => ({
  ...{ about: 'grids/toy.yaml, class 0', queue: 'spot', vcpus: 4, memoryMib: 9000, types },
});

test('slices on each type are a table for each class', () => {
  const tight = line({ type: 'c7a.xlarge', vcpus: 4, memoryMib: 8192, perInstance: 1, idle: 0, tight: true });
  expect(fitText([fit(tight, line())])).toBe(`
grids/toy.yaml, class 0, on queue spot: 4 vCPU, 9000 MiB a slice
Type         vCPU  GiB  Slices on it  vCPUs left over
c7a.xlarge      4    8     1 at most              0 %
c7a.4xlarge    16   32             3             25 %
`);
});

test('slices on each type are a table in Markdown, too', () => {
  expect(fitMarkdown([fit(line())])).toContain('| c7a.4xlarge | 16 | 32 | 3 | 25 % |');
});

test('a class that fits nothing says so, without a table', () => {
  expect(fitText([fit()])).toBe(
    '\ngrids/toy.yaml, class 0, on queue spot: no instance for 4 vCPU, 9000 MiB a slice\n',
  );
});

test('more than eight types are counted', () => {
  const types = Array.from({ length: 10 }, (_, at) => line({ type: `c${at}a.large` }));
  expect(fitText([fit(...types)])).toMatch(/c7a\.large.*\nand 2 types more that are filled no better\n$/);
  expect(fitText([fit(...types)])).not.toContain('c8a.large');
});

test('words of a grid cannot command the terminal, nor the page', () => {
  const evil = { ...fit(line()), about: '\u001b[2J<img src=x>' };
  expect(fitText([evil])).not.toContain('\u001b');
  expect(fitMarkdown([evil])).not.toContain('<img');
});

test('slices on each type are part of what preflight prints, before the sum', () => {
  const text = checksText(checks, report.calls, { fits: [fit(line())] });
  expect(text).toMatch(/\nc7a\.4xlarge [\s\S]* not done · 3 API calls\n$/);
  expect(preflightMarkdown({ ...report, fits: [fit(line())] })).toContain(
    '| c7a.4xlarge | 16 | 32 | 3 | 25 % |',
  );
});
