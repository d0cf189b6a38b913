import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claim, findHost, takeHostLock } from '../../../src/engine/local/host-lock.ts';
import { bornOf, thisProcess } from '../../../src/engine/local/process-identity.ts';
import { temporaryFolder } from './local-harness.ts';

function holds(folder: string, number: number, holder: unknown): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${String(number).padStart(6, '0')}.json`);
  writeFileSync(path, JSON.stringify({ holder }));
  return path;
}

test('is held by one at a time, also within one process', async () => {
  await using folder = await temporaryFolder();
  const lock = takeHostLock(folder.path);
  expect(lock).toBeDefined();
  expect(takeHostLock(folder.path)).toBeUndefined();
  lock?.release();
  expect(takeHostLock(folder.path)).toBeDefined();
});

test('names the living holder, and nobody once it is released', async () => {
  await using folder = await temporaryFolder();
  const lock = takeHostLock(folder.path);
  expect(findHost(folder.path)?.pid).toBe(process.pid);
  lock?.release();
  expect(findHost(folder.path)).toBeUndefined();
});

test('is taken from a process that died', async () => {
  await using folder = await temporaryFolder();
  const dead = spawn('sleep', ['3600']);
  const holder = { ...thisProcess(), pid: dead.pid, born: bornOf(dead.pid ?? 0) };
  holds(folder.path, 7, holder);
  expect(takeHostLock(folder.path)).toBeUndefined();
  dead.kill('SIGKILL');
  await once(dead, 'exit');
  expect(takeHostLock(folder.path)).toBeDefined();
});

test('is taken although another process has the number of the dead holder by now', async () => {
  await using folder = await temporaryFolder();
  holds(folder.path, 7, { ...thisProcess(), born: 'long ago' });
  expect(findHost(folder.path)).toBeUndefined();
  expect(takeHostLock(folder.path)).toBeDefined();
});

test('on another machine is respected while its holder beats, and taken when it has long been silent', async () => {
  await using folder = await temporaryFolder();
  const path = holds(folder.path, 7, { ...thisProcess(), machine: 'elsewhere' });
  expect(takeHostLock(folder.path)).toBeUndefined();
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(path, longAgo, longAgo);
  expect(takeHostLock(folder.path)).toBeDefined();
});

test('tells a holder that slept when another machine took over', async () => {
  await using folder = await temporaryFolder();
  const lock = takeHostLock(folder.path);
  expect(lock?.beat()).toBe(true);
  holds(folder.path, 99, { ...thisProcess(), machine: 'elsewhere' });
  expect(lock?.beat()).toBe(false);
});

test('is not held by a contender so slow that others have held it in between', async () => {
  await using folder = await temporaryFolder();
  holds(folder.path, 6, thisProcess());
  expect(claim(folder.path, 5)).toBeUndefined();
  expect(readdirSync(folder.path)).toEqual(['000006.json']);
});

test('is free when a loss of power left its file empty', async () => {
  await using folder = await temporaryFolder();
  writeFileSync(join(folder.path, '000007.json'), '');
  expect(findHost(folder.path)).toBeUndefined();
  expect(takeHostLock(folder.path)).toBeDefined();
});

test('does not pile up files', async () => {
  await using folder = await temporaryFolder();
  for (let round = 0; round < 20; round++) takeHostLock(folder.path)?.release();
  expect(readdirSync(folder.path).length).toBeLessThanOrEqual(2);
});

test('goes to exactly one of many processes that see its holder dead', async () => {
  await using folder = await temporaryFolder();
  holds(folder.path, 7, { ...thisProcess(), born: 'long ago' });
  const module = join(import.meta.dirname, '../../../src/engine/local/host-lock.ts');
  const script = `
    const { takeHostLock } = await import(${JSON.stringify(module)});
    process.stdin.once('data', () => {
      console.log(takeHostLock(${JSON.stringify(folder.path)}) === undefined ? 'lost' : 'won');
      setInterval(() => undefined, 1000);
    });
    console.log('ready');`;
  const contenders = Array.from({ length: 6 }, () => {
    const contender = spawn(process.execPath, ['--input-type=module', '-e', script]);
    let said = '';
    contender.stdout.on('data', (chunk) => {
      said += chunk;
    });
    return { contender, heard: (word: RegExp) => word.test(said) };
  });
  const all = async (word: RegExp) => {
    for (const { contender, heard } of contenders) {
      while (!heard(word)) await once(contender.stdout, 'data');
    }
  };
  await all(/ready/);
  for (const { contender } of contenders) contender.stdin.write('go\n');
  await all(/won|lost/);
  for (const { contender } of contenders) contender.kill('SIGKILL');
  expect(contenders.filter(({ heard }) => heard(/won/))).toHaveLength(1);
});
