import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

// The programs that our images add to upstream's, beside stand-ins for what they start.
const docker = path.resolve(import.meta.dirname, '../../docker');
const check = path.resolve(import.meta.dirname, '../../grids/checks/geos-chem.sh');
const base = mkdtempSync(path.join(tmpdir(), 'programs-'));
afterAll(() => rmSync(base, { recursive: true }));

/** A work folder, and a program of this name on the PATH. */
function scene(program: string, script: string) {
  const work = mkdtempSync(path.join(base, 'work-'));
  const bin = mkdtempSync(path.join(base, 'bin-'));
  writeFileSync(path.join(bin, program), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(bin, program), 0o755);
  return { work, environment: { ...process.env, PATH: `${bin}:${process.env.PATH}` } };
}

describe('run-c4', () => {
  const root = path.join(base, 'root');
  mkdirSync(path.join(root, 'scripts'), { recursive: true });
  writeFileSync(
    path.join(root, 'scripts/good.jl'),
    'begin\n    rootdir = "/scratch" # BATCH\n    x = "/scratch"\nend\n',
  );
  writeFileSync(path.join(root, 'scripts/other.jl'), 'rootdir = "/home"\n');

  function run(script: string, files: Record<string, string> = {}) {
    const { work, environment } = scene('julia', 'cat "$1"; echo "$C4_SCRATCH" "$2"; exit 7');
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(work, name), text);
    const env = { ...environment, C4_ROOT: root };
    const args = [script, '2017-01-26'];
    const { status, stdout, stderr } = spawnSync(path.join(docker, 'c4/bin/run-c4'), args, {
      cwd: work,
      env,
      encoding: 'utf8',
    });
    return { work, status, stdout, stderr };
  }

  test('lets a script work in the folder of its slice, and ends as the script does', () => {
    const { work, status, stdout } = run('good.jl');
    expect(stdout).toBe(
      `begin\n    rootdir = ENV["C4_SCRATCH"] # BATCH\n    x = "/scratch"\nend\n${work} 2017-01-26\n`,
    );
    expect([status, readlinkSync(path.join(work, 'root'))]).toEqual([7, root]);
  });

  test('takes a script that the grid brought before that of the image', () => {
    expect(run('good.jl', { 'good.jl': 'rootdir = "/scratch"\nmine\n' }).stdout).toContain('mine');
  });

  test.each([
    ['nothing.jl', 'there is no script'],
    ['other.jl', 'does not say rootdir = "/scratch"'],
  ])('refuses %s rather than letting slices mix their files', (script, words) => {
    const { status, stdout, stderr } = run(script);
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining(words)]);
  });
});

describe.skipIf(spawnSync('python3', ['-c', 'import tarfile; tarfile.data_filter']).status !== 0)(
  'run-benchmark',
  () => {
    const entry = {
      ...{
        id: 'gcc-fullchem',
        simulation_type: 'fullchem',
        domain: { resolution: '4x5' },
        duration: { days: 7 },
      },
      hardware: { instance_type: 'c7g.4xlarge', processor_type: 'graviton3', vcpus: 2 },
    };
    const settings = 'simulation:\n  start_date: [20190628, 000000]\n  end_date: [20190801, 000000]\n';
    const finished = 'echo "**************   E N D   O F   G E O S -- C H E M   **************"';

    function run(model: string, more: { settings?: string; cost?: string } = {}) {
      const { work, environment } = scene('gcclassic', model);
      if (more.settings !== '') {
        mkdirSync(path.join(work, 'run-directory'));
        writeFileSync(path.join(work, 'run-directory/geoschem_config.yml'), more.settings ?? settings);
      }
      const env = { ...environment, ...(more.cost !== undefined && { INSTANCE_HOURLY_COST: more.cost }) };
      const args = ['--config', JSON.stringify(entry), '--output-path', '.'];
      const done = spawnSync(path.join(docker, 'geos-chem/bin/run-benchmark'), args, {
        cwd: work,
        env,
        encoding: 'utf8',
      });
      const read = (name: string) => JSON.parse(readFileSync(path.join(work, name), 'utf8'));
      return { work, read, status: done.status, stderr: done.stderr };
    }

    test('writes what the check of the grid accepts', () => {
      const { work, read, status, stderr } = run(`cat geoschem_config.yml > seen; sleep 0.2; ${finished}`, {
        cost: '0.58',
      });
      expect(status, stderr).toBe(0);
      expect(spawnSync('sh', [check, '7'], { cwd: work }).status).toBe(0);
      expect(read('manifest.json')).toMatchObject({
        benchmark_id: 'gcc-fullchem',
        run_summary: { omp_num_threads: 2 },
      });
      expect(read('results.json').cost_per_sim_day).toBeTypeOf('number');
      expect(read('config.json')).toEqual(entry);
    });

    test('sets the last day from the first', () => {
      const { work } = run(`cp geoschem_config.yml ../seen; ${finished}`);
      expect(readFileSync(path.join(work, 'seen'), 'utf8')).toContain('  end_date: [20190705, 000000]\n');
    });

    test('knows no price that nobody told it', () => {
      expect(run(finished).read('results.json').cost_per_sim_day).toBe('N/A');
    });

    test.each([
      ['a model that failed', 'exit 3', settings, 'exit code 3'],
      ['a model that stopped early with exit 0', 'echo HEMCO ERROR', settings, 'never said'],
      ['a run directory without a first day', finished, 'simulation:\n', 'no start_date'],
      ['no run directory', finished, '', 'give the grid an input'],
    ])('%s leaves no numbers behind', (_, model, given, words) => {
      const { work, status, stderr } = run(model, { settings: given });
      expect([status, stderr, existsSync(path.join(work, 'results.json'))]).toEqual([
        1,
        expect.stringContaining(words),
        false,
      ]);
    });
  },
);
