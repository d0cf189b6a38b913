import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BuildContext, copyContext } from '../../src/image/context.ts';

describe('the copy that an image is built from', () => {
  const from = mkdtempSync(join(tmpdir(), 'muster-context-'));
  let context: BuildContext;
  beforeAll(() => {
    mkdirSync(join(from, 'bin', '__pycache__'), { recursive: true });
    writeFileSync(join(from, 'bin', 'run'), 'run', { mode: 0o700 });
    writeFileSync(join(from, 'bin', 'data'), 'data');
    chmodSync(join(from, 'bin', 'data'), 0o600);
    writeFileSync(join(from, 'bin', '__pycache__', 'x.pyc'), 'x');
    symlinkSync('/nowhere', join(from, 'link'));
    utimesSync(join(from, 'bin', 'run'), 5, 5);
    context = copyContext(from, 1_700_000_000);
  });
  afterAll(() => {
    context[Symbol.dispose]();
    rmSync(from, { recursive: true });
  });

  const state = (path: string) => lstatSync(join(context.folder, path));

  test('has the files as they are', () => {
    expect(readFileSync(join(context.folder, 'bin/run'), 'utf8')).toBe('run');
  });
  test('leaves out what Python compiled, as the identity does', () => {
    expect(existsSync(join(context.folder, 'bin/__pycache__'))).toBe(false);
  });
  test.each(['bin', 'bin/run', 'bin/data', 'link'])('gives %s the time of the commit', (path) => {
    expect(state(path).mtimeMs).toBe(1_700_000_000_000);
  });
  test.each([
    ['bin', 0o755],
    ['bin/run', 0o755],
    ['bin/data', 0o644],
  ])('gives %s the rights %o, whatever the umask of the checkout was', (path, mode) => {
    expect(state(path).mode & 0o777).toBe(mode);
  });
  test('keeps a link as a link, wherever it leads', () => {
    expect(readlinkSync(join(context.folder, 'link'))).toBe('/nowhere');
  });
  test('is gone at the end', () => {
    const second = copyContext(from, 0);
    second[Symbol.dispose]();
    expect(existsSync(second.folder)).toBe(false);
  });
});
