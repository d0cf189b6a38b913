import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, Place } from '../cli/place.ts';

/**
 * One grid whose combinations misbehave, each in its own way, beside one that does not: through the real command
 * line, engine and worker.
 */
const compas = new URL('../../../shared/data/compas/COMPAS_Output.h5.gz', import.meta.url);
const hasCompas = existsSync(compas);
const place = new Place();
afterAll(() => place[Symbol.dispose]());

interface Manner {
  /** What the program does; it is in its work directory. */
  readonly script: string;
  readonly class: string;
  readonly message: RegExp;
}

const good =
  'echo \'{"a": 1}\' > answer.json; mkdir -p parts; for i in 1 2 3; do echo $i > parts/$i.txt; done';

const manners: Readonly<Record<string, Manner>> = {
  silent: { script: 'exit 0', class: 'output', message: /answer\.json/ },
  few: {
    script: 'echo \'{"a": 1}\' > answer.json; mkdir parts; echo 1 > parts/1.txt',
    class: 'output',
    message: /parts\/\*\*.*1.*3|parts\/\*\*.*3.*1/,
  },
  torn: { script: `${good}; printf '{"a": ' > answer.json`, class: 'output', message: /answer\.json.*JSON/i },
  unverified: { script: `${good}; touch unwell`, class: 'output', message: /verify/ },
  exits: { script: `${good}; exit 4`, class: 'program', message: /the program exited with 4/ },
  stubborn: {
    script: `trap '' TERM INT HUP; ${good}; while :; do sleep 1; done`,
    class: 'timeout',
    message: /timeout of 15 s/,
  },
  greedy: {
    script: `${good}; head -c 1200000000 /dev/zero > big; sleep 60`,
    class: 'disk',
    message: /scratch space of 1 GiB/,
  },
  missing: { script: 'exec /nonexistent/program', class: 'program', message: /exited with 12[67]/ },
};

/** Ends well, and leaves others running: killed with it. */
const parents = {
  forks: `${good}; (sleep 600) & (sleep 600 &) ; exit 0`,
  escapes: `${good}; setsid sh -c 'trap "" TERM HUP; sleep 600' > /dev/null 2>&1 & sleep 0.3; exit 0`,
  holds: `${good}; (trap "" TERM; sleep 600) & exit 0`,
};

const scripts: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(manners).map(([name, { script }]) => [name, script])),
  ...parents,
  fine: good,
};

let ended: Ended;
beforeAll(async () => {
  for (const [name, script] of Object.entries(scripts)) place.program(name, `${script}\n`);
  place.write('grids/checks/check.sh', 'test ! -e unwell || { echo "it is unwell" >&2; exit 1; }\n');
  place.write(
    'grids/zoo.yaml',
    `name: zoo
program:
  image: toy
  command: ["{manner}"]
  files: [checks/check.sh]
  outputs:
    - { path: answer.json, format: json, contains: [a] }
    - { path: "parts/**", min: 3 }
  verify: [sh, check.sh]
parameters: { manner: [${Object.keys(scripts).join(', ')}] }
label: "{manner}"
slice: { combinations: 1 }
resources: { vcpus: 1, memory: 64 MiB, scratch: 1 GiB }
timeout: 15 s
failures: { stop_after: 100% }
retry: { attempts: 1 }
`,
  );
  ended = await place.muster('run', 'zoo', '--json');
}, 300_000);

const progress = async () => JSON.parse(await place.good('status', '--json'));

describe('programs that misbehave', () => {
  it('fail by name and class, and do not keep the others from their work', async () => {
    const lines = ended.stderr.split('\n').filter((line) => line.startsWith('failed'));
    const told = new Map(
      lines.map((line) => {
        const [, label = '', kind = '', message = ''] = /^failed {2}(\S+) {2}(\w+): (.*)$/.exec(line) ?? [];
        return [label, { kind, message }];
      }),
    );
    expect([...told.keys()].sort()).toEqual(Object.keys(manners).sort());
    for (const [name, { class: kind, message }] of Object.entries(manners)) {
      expect({ name, ...told.get(name) }).toEqual({ name, kind, message: expect.stringMatching(message) });
    }
    expect(ended.code).toBe(1);
    expect((await progress()).done).toEqual({
      succeeded: Object.keys(scripts).length - Object.keys(manners).length,
      failed: Object.keys(manners).length,
      missing: 0,
    });
  });

  it('leave no process behind, whatever they forked', () => {
    expect(place.alive()).toEqual([]);
  });

  it('leave no scratch behind', () => {
    expect(place.files('tmp')).toEqual([]);
    expect(place.files('.muster/engine').filter((path) => /big$|answer\.json$/.test(path))).toEqual([]);
  });

  it('tell what the check said, in the log of the combination', async () => {
    expect(await place.good('logs', 'zoo', 'unverified')).toContain('it is unwell');
  });
});

it('a log of 1 GB is kept within bounds, with its end', async () => {
  using own = new Place();
  own.program(
    'talker',
    'yes "a line of sixty characters, again and again and again and again" | head -c 1000000000\necho; echo the last line\n',
  );
  own.write(
    'grids/talk.yaml',
    `name: talk
program: { image: toy, command: [talker] }
parameters: { n: 1 }
resources: { vcpus: 1, memory: 64 MiB }
timeout: 5 min
`,
  );
  const [{ run: talk }] = JSON.parse(await own.good('run', 'talk', '--json'));
  const outputs = `.muster/store/runs/${talk}/outputs`;
  const [log = ''] = own.files(outputs).filter((path) => path.endsWith('program.log.gz'));
  const text = gunzipSync(readFileSync(join(own.root, outputs, log)));
  expect(text.length).toBeLessThan(100 * 2 ** 20);
  expect(text.length).toBeGreaterThan(1000);
  expect(text.toString('latin1').trimEnd().endsWith('the last line')).toBe(true);
  expect(await own.good('logs', 'talk', '0', '--lines', '1')).toBe('the last line\n');
}, 300_000);

describe('real HDF5 output', () => {
  it.skipIf(!hasCompas)(
    'passes whole, and fails where it is cut or lacks a group (skipped without ../shared/data/compas)',
    async () => {
      using own = new Place();
      const whole = gunzipSync(readFileSync(compas));
      own.write('docker/toy/whole.h5', whole);
      own.program('cut', `head -c "$1" "${own.root}/docker/toy/whole.h5" > COMPAS_Output.h5\n`);
      const sizes = [0, 7, 2048, 100_000, Math.floor(whole.length / 2), whole.length - 1, whole.length];
      own.write(
        'grids/cut.yaml',
        `name: cut
program:
  image: toy
  command: [cut, "{bytes}"]
  outputs:
    - { path: COMPAS_Output.h5, format: hdf5, contains: [BSE_System_Parameters, BSE_Double_Compact_Objects] }
  results: { systems: { file: COMPAS_Output.h5, rows: BSE_System_Parameters } }
parameters: { bytes: [${sizes.join(', ')}] }
slice: { combinations: 4 }
resources: { vcpus: 1, memory: 512 MiB }
failures: { stop_after: 100% }
`,
      );
      const { code, stderr } = await own.muster('run', 'cut');
      expect(code).toBe(1);
      const failed = stderr.split('\n').filter((line) => line.startsWith('failed'));
      for (const size of sizes.slice(0, -1)) {
        const line = failed.find((text) => text.includes(`bytes=${size} `));
        expect({ size, line }).toMatchObject({ line: expect.stringMatching(/output: .*COMPAS_Output\.h5/) });
      }
      expect(failed).toHaveLength(sizes.length - 1);
      const lacking = own.read('grids/cut.yaml').replace('BSE_Double_Compact_Objects', 'BSE_Nothing');
      own.write('grids/lacking.yaml', lacking.replace('name: cut', 'name: lacking'));
      const other = await own.muster('run', 'lacking', '--select', `bytes == ${whole.length}`);
      expect(other.stderr).toMatch(/failed .*output: .*BSE_Nothing/);
    },
    120_000,
  );
});
