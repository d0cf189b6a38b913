import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import metadata from '../../package.json' with { type: 'json' };
import { bundleCli } from '../../scripts/bundle.ts';
import { AwsPlace } from './aws-place.ts';

const house = mkdtempSync(join(tmpdir(), 'muster starter '));
const muster = join(house, 'dist/muster.mjs');
const path = `${dirname(process.execPath)}:/usr/bin:/bin`;

beforeAll(() => bundleCli(muster), 60_000);
afterAll(() => rmSync(house, { recursive: true }));

describe('the installed command', () => {
  test('starts through a link, from a folder with a space in its name', () => {
    symlinkSync(muster, join(house, 'muster'));
    const printed = execFileSync(join(house, 'muster'), ['--version'], { env: { PATH: path } });
    expect(printed.toString()).toBe(`${metadata.version}\n`);
  });

  test('takes the Node that came with its dependencies before that of the machine', () => {
    const bin = join(house, 'node_modules/node/bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'node'), '#!/bin/sh\necho "own: $2 $3"\n', { mode: 0o755 });
    const printed = execFileSync(muster, ['a b', 'c'], { env: { PATH: path } });
    rmSync(bin, { recursive: true });
    expect(printed.toString()).toBe('own: a b c\n');
  });

  test('reaches AWS with the SDK it brings', async () => {
    await using aws = await AwsPlace.open();
    const ended = await aws.place.shell(`'${muster}' ls`);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('No runs yet');
    expect(aws.s3.counts).toMatchObject({ ListObjectsV2: expect.any(Number) });
  });

  test('says what it needs on an old Node', () => {
    const old = 'Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.1.0"}})';
    const { status, stderr } = spawnSync(process.execPath, [
      '--import',
      `data:text/javascript,${old}`,
      muster,
    ]);
    expect(stderr.toString()).toContain('muster needs Node 24 or newer');
    expect(status).toBe(2);
  });
});
