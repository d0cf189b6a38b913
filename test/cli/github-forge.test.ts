import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GithubUnderTest, startGithub } from '../github/start-github.ts';
import { type Ended, type Place, toyGrid, toyPlace } from './place.ts';

const nothing = { GITHUB_TOKEN: undefined, GH_TOKEN: undefined, GITHUB_REPOSITORY: undefined };

describe('`forge: github` without a token', () => {
  const here = toyPlace(nothing);
  here.write('muster.yaml', 'forge: github\nrepository: lab/grids\n');
  afterAll(() => here[Symbol.dispose]());

  test('is enough for what does not ask GitHub', async () => {
    expect(await here.muster('ls')).toMatchObject({ code: 0, stderr: '' });
  });

  test('ends with 2 and says what to set before anything is written', async () => {
    const { code, stderr } = await here.muster('run', 'grids/toy.yaml');
    expect(stderr).toContain('muster.yaml:1:8: `forge: github` needs a token for lab/grids');
    expect(code).toBe(2);
    expect(here.noted()).toEqual([]);
  });
});

describe('a run with `forge: github`', () => {
  let github: GithubUnderTest;
  let here: Place;
  let ended: Ended;
  beforeAll(async () => {
    github = await startGithub();
    await github.seed({ 'grids/toy.yaml': toyGrid });
    const token = await github.token({ contents: 'write', 'pull-requests': 'write', statuses: 'write' });
    here = toyPlace({
      ...nothing,
      GH_TOKEN: token,
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: 'lab/grids',
    });
    here.write('muster.yaml', 'forge: github\n');
    ended = await here.muster('run', 'grids/toy.yaml');
  });
  afterAll(async () => {
    here[Symbol.dispose]();
    await github.close();
  });

  test('ends well', () => {
    expect(ended.stderr).not.toContain('GitHub');
    expect(ended.code).toBe(0);
  });

  test('leaves one pull request, ready, with its files', async () => {
    const pulls = await github.pulls();
    expect(pulls).toMatchObject([{ state: 'open', draft: false }]);
    expect(ended.stdout).toContain(`review  ${github.url}/lab/grids/pull/${pulls[0]?.number}`);
    const files = Object.keys(await github.tree(pulls[0]?.head.ref ?? ''));
    expect(
      files.filter((path) => path.startsWith('results/toy/')).map((path) => path.split('/')[3]),
    ).toContain('README.md');
  });

  test('takes at most 44 requests, of which at most 15 write', () => {
    const writes = github.requests.filter((one) => !one.startsWith('GET'));
    expect(writes.length).toBeLessThanOrEqual(15);
    expect(github.requests.length).toBeLessThanOrEqual(44);
  });
});
