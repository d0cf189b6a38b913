import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeAbandoned } from '../../src/worker/scratch-root.ts';
import { aRun } from './a-run.ts';

it('folders of workers that have long been silent are removed, and nothing else', async () => {
  const { scratch } = await aRun();
  const now = Date.now();
  const make = (name: string, minutesSilent: number) => {
    mkdirSync(join(scratch, name));
    writeFileSync(join(scratch, name, 'alive'), '');
    const beat = new Date(now - minutesSilent * 60_000);
    utimesSync(join(scratch, name, 'alive'), beat, beat);
  };
  make('muster-dead', 16);
  make('muster-busy', 2);
  make('someone-else', 999);
  mkdirSync(join(scratch, 'muster-without-heartbeat'));
  removeAbandoned(scratch, now);
  expect(readdirSync(scratch).toSorted()).toEqual([
    'muster-busy',
    'muster-without-heartbeat',
    'someone-else',
  ]);
});
