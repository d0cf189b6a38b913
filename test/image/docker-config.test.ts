import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeDockerConfig, type OwnDockerConfig } from '../../src/image/docker-config.ts';

describe("Docker's configuration of our own", () => {
  let theirs: string;
  let own: OwnDockerConfig;
  const config = { auths: { 'ghcr.io': { auth: 'eDp5' } }, credsStore: 'desktop', currentContext: 'far' };
  beforeEach(() => {
    theirs = mkdtempSync(join(tmpdir(), 'muster-theirs-'));
    vi.stubEnv('DOCKER_CONFIG', theirs);
    writeFileSync(join(theirs, 'config.json'), JSON.stringify(config));
    mkdirSync(join(theirs, 'cli-plugins'));
    writeFileSync(join(theirs, 'cli-plugins', 'docker-buildx'), 'plugin');
    mkdirSync(join(theirs, 'buildx'));
    own = makeDockerConfig();
  });
  afterEach(() => {
    own.remove();
    vi.unstubAllEnvs();
    rmSync(theirs, { recursive: true });
  });

  const read = () => JSON.parse(readFileSync(join(own.folder, 'config.json'), 'utf8'));

  test('can be read by its user alone', () => {
    expect(statSync(own.folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(own.folder, 'config.json')).mode & 0o777).toBe(0o600);
  });

  test('knows what the user has logged in to, and the place of Docker', () => {
    expect(read()).toEqual(config);
  });

  test("has the user's plugins, and not the builders", () => {
    expect(readFileSync(join(own.folder, 'cli-plugins', 'docker-buildx'), 'utf8')).toBe('plugin');
    expect(existsSync(join(own.folder, 'buildx'))).toBe(false);
  });

  test("keeps a login out of the user's keychain", () => {
    own.keepHere('r.example');
    expect(read()).toEqual({ ...config, credHelpers: { 'r.example': '' } });
  });

  test("is gone at the end, and the user's is as it was", () => {
    own.keepHere('r.example');
    own.remove();
    expect(existsSync(own.folder)).toBe(false);
    expect(JSON.parse(readFileSync(join(theirs, 'config.json'), 'utf8'))).toEqual(config);
    expect(existsSync(join(theirs, 'cli-plugins', 'docker-buildx'))).toBe(true);
  });

  /** Of a process that makes one, prints its folder and goes on with `then`. */
  function afterProcess(then: string) {
    const module = pathToFileURL(join(import.meta.dirname, '../../src/image/docker-config.ts'));
    const script = `import('${module}').then(({ makeDockerConfig }) => {
      const { folder } = makeDockerConfig();
      console.log(folder);
      ${then}
    });`;
    const { stdout, status, signal } = spawnSync(process.execPath, ['-e', script], {
      ...{ encoding: 'utf8', timeout: 20_000, killSignal: 'SIGKILL' },
    });
    return { left: existsSync(stdout.trim()), named: stdout.includes('muster-docker-'), status, signal };
  }

  test.each([
    ['that ends', '', { status: 0, signal: null }],
    ['that throws', 'throw new Error()', { status: 1, signal: null }],
    [
      'that is interrupted',
      "process.kill(process.pid, 'SIGINT'); setInterval(() => {}, 1000);",
      { status: null, signal: 'SIGINT' },
    ],
    [
      'that stops in order after a signal, for which it still has it',
      "process.on('SIGTERM', () => process.exit(require('node:fs').existsSync(folder) ? 7 : 8)); process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);",
      { status: 7, signal: null },
    ],
  ])('does not outlive a process %s', (_what, then, ending) => {
    expect(afterProcess(then)).toEqual({ left: false, named: true, ...ending });
  });
});
