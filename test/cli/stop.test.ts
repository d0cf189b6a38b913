import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Place, toyGrid } from './place.ts';

/** Programs wait for a file `go` beside the diary, so that a test decides when they end. */
function slowPlace(): Place {
  const place = new Place();
  place.program(
    'toy',
    `echo "$1 $2" >> "$MUSTER_TEST_DIARY"
until [ -e "$MUSTER_TEST_DIARY.go" ]; do sleep 0.05; done
echo '{"twice": 0}' > answer.json
printf 'n\\n1\\n' > table.csv
`,
  );
  place.write('grids/toy.yaml', toyGrid.replace('n: [1, 2, 3, 4, 5, 6]', 'n: [1, 2]'));
  return place;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

const started = (place: Place) => until(() => place.noted().length > 0);

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '(%s) stops cleanly with 130 and says how to go on, which finishes the run',
    async (signal) => {
      using place = slowPlace();
      const { child, ended } = place.start('run', 'toy', '--limit', '2');
      await started(place);
      child.kill(signal);
      const { code, stderr } = await ended;
      expect(code).toBe(130);
      expect(stderr).toContain('programs get 10 seconds to end');
      const again = /go on with: muster (watch toy-\w+ --follow)\n/.exec(stderr)?.[1] ?? 'none';
      expect(place.alive()).toEqual([]);
      place.write('diary.txt.go', '');
      expect(await place.good(...again.split(' '))).toContain('2 of 2 succeeded');
      expect(await place.good('run', 'toy', '--limit', '2')).toContain('2 of 2 succeeded');
    },
  );

  it('twice leaves at once, and leaves nobody behind', async () => {
    using place = slowPlace();
    place.program('toy', `trap '' TERM\necho "$1 $2" >> "$MUSTER_TEST_DIARY"\nsleep 60\n`);
    const { child, ended } = place.start('run', 'toy');
    await started(place);
    child.kill('SIGINT');
    await sleep(300);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    await until(() => place.alive().length === 0);
    expect(place.alive()).toEqual([]);
  });
});

describe('watch', () => {
  it('leaves the runs of another engine to it, and says so', async () => {
    using place = slowPlace();
    const { child, ended } = place.start('run', 'toy');
    await started(place);
    child.kill('SIGINT');
    await ended;
    const [run = ''] = place.files('.muster/store/active');
    const record = place.read(`.muster/store/runs/${run}/run.json`);
    place.write(
      `.muster/store/runs/${run}/run.json`,
      record.replace(/"engine": ?"local"/, '"engine":"aws-batch"'),
    );
    const { code, stdout, stderr } = await place.muster('watch');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('--engine aws-batch');
    expect((await place.muster('watch', run)).code).toBe(2);
  });
});

describe('cancel', () => {
  it('from another terminal stops the programs, keeps what succeeded and who, when and why', async () => {
    using place = slowPlace();
    const { ended } = place.start('run', 'toy', '--parallel', '1');
    await started(place);
    const cancelled = await place.muster('cancel', 'toy', '--reason', 'wrong metallicity');
    expect(cancelled.code).toBe(1);
    expect(cancelled.stdout).toContain('0 of 4 succeeded');
    expect(cancelled.stdout).toMatch(/^stopped wrong metallicity \(/m);
    expect((await ended).code).toBe(1);
    expect(place.alive()).toEqual([]);
    expect(place.noted()).toEqual(['1 left']);
    expect(await place.good('status')).toContain('wrong metallicity');
    expect(JSON.parse(await place.good('explain', '--json')).stopped.why).toBe('wrong metallicity');
    expect(existsSync(place.diary)).toBe(true);
  });
});
