import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const checks = path.resolve(import.meta.dirname, '../../grids/checks');
/** A real report of COMPAS: 200 systems, seed 1. */
const realReport = path.resolve(import.meta.dirname, '../../../shared/data/compas/Run_Details');
const base = mkdtempSync(path.join(tmpdir(), 'checks-'));
afterAll(() => rmSync(base, { recursive: true }));

function check(script: string, files: Readonly<Record<string, string>>, values: readonly string[]) {
  const folder = mkdtempSync(path.join(base, 'work-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const { status, stderr } = spawnSync('sh', [path.join(checks, script), ...values], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stderr };
}

describe.skipIf(!existsSync(realReport))(
  'compas.sh (skipped without the real Run_Details in ../shared)',
  () => {
    const real = existsSync(realReport) ? readFileSync(realReport, 'utf8') : '';
    const report = 'COMPAS_Output/Run_Details';
    test('a real report passes with its own number of systems and seed', () => {
      expect(check('compas.sh', { [report]: real }, ['200', '1'])).toEqual({ status: 0, stderr: '' });
    });

    test.each<[string, Record<string, string>, string[], RegExp]>([
      [
        'fewer systems than asked for',
        { [report]: real.replace('Generated 200 of', 'Generated 143 of') },
        ['200', '1'],
        /'143 200'/,
      ],
      ['another number of systems', { [report]: real }, ['10000', '1'], /expected 10000 of 10000/],
      ['another seed', { [report]: real }, ['200', '2'], /actual-random-seed is not 2/],
      [
        'a seed that begins with the same digit',
        { [report]: real },
        ['200', '11'],
        /actual-random-seed is not 11/,
      ],
      [
        'lambda without effect',
        { [report]: real.replace("'LAMBDA_FIXED'", "'LAMBDA_NANJING'") },
        ['200', '1'],
        /lambda-prescription is not LAMBDA_FIXED/,
      ],
      [
        'an accreted fraction without effect',
        { [report]: real.replace("'FIXED'", "'THERMAL'") },
        ['200', '1'],
        /efficiency-prescription is not FIXED/,
      ],
      [
        'an older container',
        { [report]: real, 'COMPAS_Output_1/Run_Details': real },
        ['200', '1'],
        /COMPAS_Output_1 exists/,
      ],
      ['no report', {}, ['200', '1'], /is not there/],
    ])('%s fails', (_, files, values, message) => {
      const { status, stderr } = check('compas.sh', files, values);
      expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
    });
  },
);

describe('geos-chem.sh', () => {
  const results = {
    throughput_days_per_day: 61.2,
    hours_per_sim_day: 0.39,
    cost_per_sim_day: 0.11,
    memory_usage_gb: 14.2,
    cpu_efficiency: 0.87,
  };
  const files = (numbers: object, seconds: unknown) => ({
    'results.json': JSON.stringify(numbers, null, 2),
    'manifest.json': JSON.stringify({ run_summary: { duration_seconds: seconds } }, null, 2),
  });

  test('measured numbers pass', () => {
    expect(check('geos-chem.sh', files(results, 9873), ['7'])).toEqual({ status: 0, stderr: '' });
  });

  test.each<[string, object, unknown, RegExp]>([
    [
      'the text N/A',
      { ...results, throughput_days_per_day: 'N/A' },
      9873,
      /no number for throughput_days_per_day/,
    ],
    ['a missing number', { ...results, cpu_efficiency: undefined }, 9873, /no number for cpu_efficiency/],
    ['the time of the stand-in', results, 420, /60 s per day of the stand-in/],
    ['no time', results, 'N/A', /no number for duration_seconds/],
  ])('%s fails', (_, numbers, seconds, message) => {
    const { status, stderr } = check('geos-chem.sh', files(numbers, seconds), ['7']);
    expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
  });
});
