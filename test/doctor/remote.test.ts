import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { accessOf, readRemote } from '../../src/doctor/remote.ts';
import { repository } from './repository.ts';

test.each([
  ['git@github.com:lab/grids.git', 'github.com'],
  ['github.com:lab/grids', 'github.com'],
  ['https://github.com/lab/grids.git', 'github.com'],
  ['https://somebody:secret@GitHub.com/lab/grids/', 'github.com'],
  ['ssh://git@ssh.github.com:443/lab/grids.git', 'ssh.github.com'],
  ['git@gitlab.com:lab/grids.git', 'gitlab.com'],
])('%s is lab/grids on %s', (url, host) => {
  expect(readRemote(url)).toEqual({ host, owner: 'lab', name: 'grids' });
});

test.each(['/srv/git/lab/grids.git', '../lab/grids', 'https://gitlab.com/lab/sub/grids'])(
  '%s is no repository on a server like GitHub',
  (url) => {
    expect(readRemote(url)).toBeUndefined();
  },
);

function access(remote: string | undefined, environment: Readonly<Record<string, string>> = {}) {
  const root = repository({ 'muster.yaml': '' });
  execFileSync('git', ['-C', root, 'init', '--quiet']);
  if (remote !== undefined) execFileSync('git', ['-C', root, 'remote', 'add', 'origin', remote]);
  return accessOf(root, { GH_TOKEN: 't0ken', ...environment });
}

test('the remote says which repository is asked for', () => {
  const expected = { token: 't0ken', server: 'https://github.com', owner: 'lab', name: 'grids' };
  expect(access('git@github.com:lab/grids.git')).toEqual(expected);
  expect(access('ssh://git@ssh.github.com:443/lab/grids.git')).toEqual(expected);
});

test('a repository elsewhere is not asked for on GitHub, whatever its name', () => {
  expect(access('git@gitlab.com:lab/grids.git')).toMatch(/on gitlab\.com, not on github\.com/);
  expect(access('https://evil.example/github.com/lab')).toMatch(/not on github\.com/);
});

test("a company's own server is asked for its repositories, and not for those of github.com", () => {
  const own = {
    GITHUB_SERVER_URL: 'https://git.lab.example',
    GITHUB_API_URL: 'https://git.lab.example/api/v3',
  };
  expect(access('git@git.lab.example:lab/grids.git', own)).toMatchObject({
    server: 'https://git.lab.example',
    api: 'https://git.lab.example/api/v3',
  });
  expect(access('git@github.com:lab/grids.git', own)).toMatch(/not on git\.lab\.example/);
});

test('GITHUB_REPOSITORY says it where the remote does not', () => {
  const named = { GITHUB_REPOSITORY: 'other/grids' };
  expect(access('work:lab/grids.git', named)).toMatchObject({ owner: 'other', name: 'grids' });
  expect(access(undefined, { GITHUB_REPOSITORY: 'grids' })).toMatch(/not owner\/name/);
  expect(access(undefined)).toMatch(/no remote/);
});

test('without a token nobody is asked', () => {
  expect(accessOf('/nowhere', {})).toMatch(/no token is set/);
});
