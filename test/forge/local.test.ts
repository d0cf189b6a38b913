import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigurationError, RemoteError } from '../../src/errors.ts';
import { openStaging } from '../../src/files/staging.ts';
import { openGit } from '../../src/forge/local/git.ts';
import { openRecords } from '../../src/forge/local/reviews.ts';
import { type LocalForge, openLocalForge } from '../../src/forge/local.ts';
import { defaultFiles, describeForge } from '../contract/forge.ts';
import { gitIn, makeRepository, writeFiles } from './user-repository.ts';

describeForge('the local forge', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-forge-'));
  makeRepository(join(folder, 'user'), defaultFiles);
  const forgeDir = join(folder, 'forge');
  const forge = await openLocalForge({ root: join(folder, 'user'), forgeDir, repository: 'lab/grids' });
  const records = openRecords(forgeDir, openStaging(join(forgeDir, '.staging')));
  return {
    forge,
    merge: forge.mergeReview,
    close: forge.closeReview,
    edit: async (number, change) => {
      await records.change(number, (now) => ({ ...now, body: change(now.body) }));
    },
    comments: async (number) => records.read(number)?.comments.map(({ body }) => body) ?? [],
    statuses: async (commit) => records.statuses(commit),
    dispose: async () => rmSync(folder, { recursive: true, force: true }),
  };
});

let folder: string;
const at = (path: string) => join(folder, path);
const open = (root = at('user')): Promise<LocalForge> =>
  openLocalForge({ root, forgeDir: at('forge'), repository: 'lab/grids' });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-local-'));
  mkdirSync(at('user'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a folder that is no git repository', () => {
  test('is read as it is, and has no head', async () => {
    writeFiles(at('user'), defaultFiles);
    const forge = await open();
    expect(Buffer.from((await forge.readFile('grids/a.yaml')) ?? []).toString()).toBe('grid: a\n');
    expect(await forge.listFiles('grids')).toEqual(['grids/a.yaml', 'grids/b.yaml']);
    expect(await forge.head()).toBeUndefined();
  });

  test('gives branches without a past, reviewed and merged in full', async () => {
    const forge = await open();
    const number = await reviewOf(forge, 'muster/a', { 'results/a.txt': 'a' });
    expect(await forge.changedFiles(number)).toEqual(['results/a.txt']);
    await forge.mergeReview(number);
    expect(await forge.listFiles('results')).toEqual(['results/a.txt']);
  });

  test('collects what two reviews without a past bring', async () => {
    const forge = await open();
    await forge.mergeReview(await reviewOf(forge, 'muster/a', { 'results/a.txt': 'a' }));
    await forge.mergeReview(await reviewOf(forge, 'muster/b', { 'results/b.txt': 'b' }));
    expect(await forge.listFiles('results')).toEqual(['results/a.txt', 'results/b.txt']);
  });

  test('is not left through links', async () => {
    writeFiles(folder, { 'secret.txt': 'secret' });
    symlinkSync(at('secret.txt'), at('user/link.txt'));
    expect(await (await open()).readFile('link.txt')).toBeUndefined();
  });
});

describe('a git repository', () => {
  test('is read as committed, not as edited', async () => {
    makeRepository(at('user'), defaultFiles);
    writeFiles(at('user'), { 'grids/a.yaml': 'edited' });
    expect(Buffer.from((await (await open()).readFile('grids/a.yaml')) ?? []).toString()).toBe('grid: a\n');
  });

  test('without commits is read as it is', async () => {
    gitIn(at('user'), 'init', '--quiet');
    writeFiles(at('user'), defaultFiles);
    expect(await (await open()).listFiles('grids')).toEqual(['grids/a.yaml', 'grids/b.yaml']);
  });

  test('does not hide a folder inside it that it does not hold', async () => {
    makeRepository(folder, { 'README.md': 'outer' });
    writeFiles(at('user'), defaultFiles);
    expect(await (await open()).listFiles('grids')).toEqual(['grids/a.yaml', 'grids/b.yaml']);
  });

  test('stays untouched', async () => {
    makeRepository(at('user'), defaultFiles);
    const before = gitIn(at('user'), 'for-each-ref');
    const forge = await open();
    await forge.mergeReview(await reviewOf(forge, 'muster/a', { 'results/a.txt': 'a' }));
    expect(gitIn(at('user'), 'for-each-ref')).toBe(before);
    expect(gitIn(at('user'), 'status', '--porcelain')).toBe('');
  });

  test('can pull what was merged', async () => {
    makeRepository(at('user'), defaultFiles);
    const forge = await open();
    await forge.mergeReview(await reviewOf(forge, 'muster/a', { 'results/a.txt': 'a' }));
    gitIn(at('user'), 'pull', '--quiet', '--no-rebase', at('forge/repository.git'), 'main');
    expect(readFileSync(at('user/results/a.txt'), 'utf8')).toBe('a');
  });

  test('that moves on gives later branches its newer commit', async () => {
    makeRepository(at('user'), defaultFiles);
    const forge = await open();
    await reviewOf(forge, 'muster/a', { 'results/a.txt': 'a' });
    writeFiles(at('user'), { 'grids/new.yaml': 'new' });
    gitIn(at('user'), 'add', '--all');
    gitIn(at('user'), 'commit', '--quiet', '--message=More');
    const number = await reviewOf(forge, 'muster/b', { 'results/b.txt': 'b' });
    expect(await forge.listFiles('grids', 'muster/b')).toContain('grids/new.yaml');
    expect(await forge.changedFiles(number)).toEqual(['results/b.txt']);
  });

  test('whose hooks set variables of git does not confuse it', async () => {
    makeRepository(at('user'), defaultFiles);
    const head = gitIn(at('user'), 'rev-parse', 'HEAD');
    process.env.GIT_DIR = at('elsewhere');
    try {
      expect(await (await open()).head()).toBe(head);
    } finally {
      delete process.env.GIT_DIR;
    }
  });
});

describe('a folder of a git repository', () => {
  const openBelow = async () => {
    makeRepository(at('user'), { 'ensembles/grids/a.yaml': 'grid: a', 'grids/outside.yaml': 'x' });
    return open(at('user/ensembles'));
  };

  test('is read by paths of its own', async () => {
    const forge = await openBelow();
    expect(Buffer.from((await forge.readFile('grids/a.yaml')) ?? []).toString()).toBe('grid: a');
    expect(await forge.listFiles('grids', await forge.head())).toEqual(['grids/a.yaml']);
    expect(await forge.readFile('grids/outside.yaml')).toBeUndefined();
  });

  test('gets what is committed and merged at its own place', async () => {
    const forge = await openBelow();
    const number = await reviewOf(forge, 'muster/a', { 'results/a.txt': 'a' });
    expect(await forge.changedFiles(number)).toEqual(['results/a.txt']);
    expect(readFileSync(at(`forge/reviews/${number}/files/results/a.txt`), 'utf8')).toBe('a');
    await forge.mergeReview(number);
    expect(await forge.listFiles('results')).toEqual(['results/a.txt']);
    gitIn(at('user'), 'pull', '--quiet', '--no-rebase', at('forge/repository.git'), 'main');
    expect(readFileSync(at('user/ensembles/results/a.txt'), 'utf8')).toBe('a');
  });
});

describe('what a person finds', () => {
  test('the review as Markdown, page and data, with the files of its branch', async () => {
    const forge = await open();
    const number = await reviewOf(forge, 'muster/a', { 'results/map.svg': '<svg/>' });
    await forge.updateReview(number, { title: 'Done', body: '![map](results/map.svg)', version: 2 });
    const review = at(`forge/reviews/${number}`);
    expect(readFileSync(join(review, 'review.md'), 'utf8')).toMatch(/^# Done\n/);
    expect(readFileSync(join(review, 'files/results/map.svg'), 'utf8')).toBe('<svg/>');
    expect(readFileSync(join(review, 'index.html'), 'utf8')).toContain('src="files/results/map.svg"');
    expect(JSON.parse(readFileSync(join(review, 'review.json'), 'utf8'))).toMatchObject({
      number,
      title: 'Done',
    });
  });

  test('the newest files after another commit', async () => {
    const forge = await open();
    const number = await reviewOf(forge, 'muster/a', { 'results/a.txt': 'one' });
    await commitTo(forge, 'muster/a', { 'results/a.txt': 'two' });
    expect(readFileSync(at(`forge/reviews/${number}/files/results/a.txt`), 'utf8')).toBe('two');
  });

  test('statuses and comments on the page', async () => {
    const forge = await open();
    const number = await reviewOf(forge, 'muster/a', { 'results/a.txt': 'one' });
    const head = (await forge.head('muster/a')) ?? '';
    await forge.setStatus(head, { context: 'muster/complete', state: 'success', description: '40 of 40' });
    await forge.upsertComment(number, 'plan', 'the *plan*');
    const page = readFileSync(at(`forge/reviews/${number}/index.html`), 'utf8');
    expect(page).toContain('<b>muster/complete</b> 40 of 40');
    expect(page).toContain('the <em>plan</em>');
  });

  test('everything again when the forge is opened again', async () => {
    const number = await reviewOf(await open(), 'muster/a', { 'results/a.txt': 'one' });
    expect((await (await open()).findReview('muster/a'))?.number).toBe(number);
  });

  test('one repository when many open a new forge at once', async () => {
    const forges = await Promise.all(Array.from({ length: 8 }, () => open()));
    const numbers = await Promise.all(
      forges.map((forge, index) => reviewOf(forge, `muster/${index}`, { 'results/a.txt': `${index}` })),
    );
    expect(new Set(numbers).size).toBe(8);
    expect(readdirSync(at('forge')).filter((name) => name.startsWith('repository.git'))).toEqual([
      'repository.git',
    ]);
  });

  test('one review record after many concurrent changes, none of them lost', async () => {
    const forge = await open();
    const number = await reviewOf(forge, 'muster/a', { 'results/a.txt': 'one' });
    const markers = Array.from({ length: 8 }, (_, index) => `marker-${index}`);
    await Promise.all(markers.map((marker) => forge.upsertComment(number, marker, marker)));
    const page = readFileSync(at(`forge/reviews/${number}/index.html`), 'utf8');
    expect(markers.filter((marker) => page.includes(`>${marker}<`))).toEqual(markers);
  });
});

describe('what is refused', () => {
  test.each(['../x', '/etc/passwd', 'a/../../x', '.git/config', 'a//b', ''])('the path %j', async (path) => {
    const forge = await open();
    await expect(forge.readFile(path)).rejects.toThrow(ConfigurationError);
    await expect(commitTo(forge, 'muster/a', { [path]: 'x' })).rejects.toThrow(ConfigurationError);
  });

  test('committing to the default branch', async () => {
    await expect(commitTo(await open(), 'main', { a: 'x' })).rejects.toThrow(RemoteError);
  });

  test('a review of a branch that brings nothing', async () => {
    const forge = await open();
    await forge.mergeReview(await reviewOf(forge, 'muster/a', { 'results/a.txt': 'a' }));
    await expect(reviewAgain(forge)).rejects.toThrow(/no commit of its own/);
  });

  test('a status for a commit that is not there', async () => {
    const forge = await open();
    const status = { context: 'c', state: 'success', description: 'd' } as const;
    await expect(forge.setStatus('0'.repeat(40), status)).rejects.toThrow(/no commit/);
  });

  test('a review that is not there', async () => {
    const forge = await open();
    await expect(forge.setStage(7, 'ready')).rejects.toThrow(/no review 7/);
    expect(existsSync(at('forge/reviews/7'))).toBe(false);
  });

  test('a machine without git, saying what to install', async () => {
    const git = openGit(folder, { PATH: at('nothing') });
    const failure = await git.run(['status']).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure).toMatchObject({ message: expect.stringContaining('Install git') });
  });
});

const commitTo = async (forge: LocalForge, branch: string, files: Readonly<Record<string, string>>) =>
  forge.commitFiles({
    branch,
    expectedHead: await forge.head(branch),
    message: 'Test',
    files: Object.entries(files).map(([path, bytes]) => ({ path, bytes })),
  });

const reviewAgain = (forge: LocalForge) =>
  forge.openReview({ branch: 'muster/a', title: 'Run', body: 'Body', version: 1, stage: 'draft' });

async function reviewOf(
  forge: LocalForge,
  branch: string,
  files: Readonly<Record<string, string>>,
): Promise<number> {
  await commitTo(forge, branch, files);
  const review = await forge.openReview({ branch, title: 'Run', body: 'Body', version: 1, stage: 'draft' });
  return review.number;
}
