import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, expect, test } from 'vitest';

const program = path.resolve(import.meta.dirname, '../../docker/demo/bin/simulate-binaries');
const check = path.resolve(import.meta.dirname, '../../grids/checks/demo.sh');
const base = mkdtempSync(path.join(tmpdir(), 'demo-'));
afterAll(() => rmSync(base, { recursive: true }));

interface Summary {
  readonly n_survived: number;
  readonly n_merging_in_hubble_time: number;
  readonly merger_fraction: number;
  readonly median_separation_rsun: number;
}

function simulate(options: { alpha?: number; lambda?: number; seed?: number; systems?: number }) {
  const folder = mkdtempSync(path.join(base, 'run-'));
  const { alpha = 1, lambda = 0.1, seed = 1, systems = 2000 } = options;
  const values = { alpha, lambda, seed, systems };
  execFileSync(
    process.execPath,
    [program, ...Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)])],
    { cwd: folder },
  );
  const table = readFileSync(path.join(folder, 'binaries.csv'), 'utf8');
  const text = readFileSync(path.join(folder, 'summary.json'), 'utf8');
  const summary: Summary = JSON.parse(text);
  const rows: Record<string, string>[] = parse(table, { columns: true });
  return {
    folder,
    table,
    text,
    summary,
    rows: rows.map((row) => new Map(Object.entries(row).map(([key, value]) => [key, Number(value)]))),
  };
}

function attempt(environment: Record<string, string>, extra: readonly string[]) {
  const folder = mkdtempSync(path.join(base, 'attempt-'));
  const { status } = spawnSync(
    process.execPath,
    [program, '--systems', '10', '--alpha', '1', '--lambda', '1', '--seed', '1', ...extra],
    {
      cwd: folder,
      env: { ...process.env, ...environment },
    },
  );
  return { status, wrote: existsSync(path.join(folder, 'summary.json')) };
}

test('the same seed gives the same bytes', () => {
  const [first, second] = [simulate({ seed: 42 }), simulate({ seed: 42 })];
  expect([second.table, second.text]).toEqual([first.table, first.text]);
});

test('another seed draws other binaries', () => {
  expect(simulate({ seed: 2 }).table).not.toBe(simulate({ seed: 1 }).table);
});

test('a larger alpha leaves every surviving binary on a wider orbit', () => {
  const wider = new Map(
    simulate({ alpha: 2 }).rows.map((row) => [row.get('system'), row.get('separation_after_rsun') ?? 0]),
  );
  const { rows } = simulate({ alpha: 1 });
  expect(rows.length).toBeGreaterThan(500);
  expect(
    rows.filter((row) => (wider.get(row.get('system')) ?? 0) <= (row.get('separation_after_rsun') ?? 0)),
  ).toEqual([]);
});

test('a larger alpha lets more binaries survive', () => {
  expect(simulate({ alpha: 2 }).summary.n_survived).toBeGreaterThan(
    simulate({ alpha: 0.5 }).summary.n_survived,
  );
});

test('only the product of alpha and lambda matters, as the energy balance says', () => {
  const [one, other] = [simulate({ alpha: 1, lambda: 0.5 }), simulate({ alpha: 0.5, lambda: 1 })];
  expect(other.summary.n_survived).toBe(one.summary.n_survived);
});

test('mergers are most frequent between envelopes too tight and too loose', () => {
  const [tight, between, loose] = [0.1, 1, 50].map((alpha) => simulate({ alpha }).summary.merger_fraction);
  expect(between).toBeGreaterThan(Math.max(tight ?? 1, loose ?? 1));
});

test('orbits obey the energy balance of Webbink (1984), followed by the widening of slow mass loss', () => {
  const [alpha, lambda] = [1, 0.5];
  for (const row of simulate({ alpha, lambda, systems: 200 }).rows) {
    const value = (name: string) => row.get(name) ?? Number.NaN;
    const [donor, companion, remnant] = [value('donor_msun'), value('companion_msun'), value('remnant_msun')];
    const core = 0.1 * donor ** 1.4;
    const before = value('separation_before_rsun');
    const q = Math.cbrt(donor / companion);
    const radius = (before * 0.49 * q ** 2) / (0.6 * q ** 2 + Math.log(1 + q));
    const after = (value('separation_after_rsun') * (remnant + companion)) / (core + companion);
    const released = alpha * ((core * companion) / (2 * after) - (donor * companion) / (2 * before));
    expect(released / ((donor * (donor - core)) / (lambda * radius))).toBeCloseTo(1, 2);
  }
});

test('delay times are those of Peters (1964): 0.1502 Gyr (a / Rsun)^4 / (m1 m2 (m1 + m2))', () => {
  for (const row of simulate({ systems: 200 }).rows) {
    const value = (name: string) => row.get(name) ?? Number.NaN;
    const [m1, m2, a] = [value('remnant_msun'), value('companion_msun'), value('separation_after_rsun')];
    expect(value('delay_gyr') / ((0.1502 * a ** 4) / (m1 * m2 * (m1 + m2)))).toBeCloseTo(1, 2);
  }
});

test('the summary counts what the table holds', () => {
  const { summary, rows } = simulate({});
  expect([summary.n_survived, summary.n_merging_in_hubble_time]).toEqual([
    rows.length,
    rows.filter((row) => row.get('merges_in_hubble_time') === 1).length,
  ]);
});

test.each<[string, Record<string, string>, number, boolean]>([
  [
    'the first attempt at the chosen combination asks for another',
    { AWS_BATCH_JOB_ARRAY_INDEX: '17', AWS_BATCH_JOB_ATTEMPT: '1' },
    75,
    false,
  ],
  ['the second attempt succeeds', { AWS_BATCH_JOB_ARRAY_INDEX: '17', AWS_BATCH_JOB_ATTEMPT: '2' }, 0, true],
  [
    'other combinations succeed at once',
    { AWS_BATCH_JOB_ARRAY_INDEX: '16', AWS_BATCH_JOB_ATTEMPT: '1' },
    0,
    true,
  ],
])('%s', (_, environment, status, wrote) => {
  expect(attempt(environment, ['--licence-hiccup-at', '17'])).toEqual({ status, wrote });
});

test.each([['--alpha=0'], ['--systems=1.5'], ['--seed='], ['--lambda=abc'], ['--unknown=1']])(
  '%s is refused with exit 2',
  (argument) => {
    expect(attempt({}, [argument])).toEqual({ status: 2, wrote: false });
  },
);

test('the check passes what the program wrote and refuses another number of systems', () => {
  const { folder } = simulate({ systems: 100 });
  const statuses = ['100', '101'].map((systems) => spawnSync('sh', [check, systems], { cwd: folder }).status);
  expect(statuses).toEqual([0, 1]);
});
