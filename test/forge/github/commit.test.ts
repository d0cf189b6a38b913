import { describe, expect, test } from 'vitest';
import { portions } from '../../../src/forge/github/upload-tree.ts';
import { aReview, bench } from './under-test.ts';

const wanted = (branch: string, expectedHead: string | undefined, text: string) => ({
  ...{ branch, expectedHead, message: 'Results' },
  files: [{ path: 'results/a', bytes: text }],
});
/** Not tried again, as a killed process is not. */
const killed = { status: 400, body: { message: 'killed' } } as const;

describe('a commit', () => {
  test.each([
    ['before its tree', 'POST /git/trees', false],
    ['after its tree', 'POST /git/trees', true],
    ['before its object', 'POST /git/commits', false],
    ['after its object', 'POST /git/commits', true],
    ['before its branch moved', 'PATCH /git/refs', false],
    ['after its branch moved', 'PATCH /git/refs', true],
  ])('that was killed %s and is repeated is there once', async (_, request, done) => {
    const { github, forge, branch } = await bench();
    const head = await branch('muster/a');
    github.fault({ on: new RegExp(`^${request}`), times: 1, done, reply: killed });
    await expect(forge.commitFiles(wanted('muster/a', head, 'text'))).rejects.toThrow('killed');
    await forge.commitFiles(wanted('muster/a', head, 'text'));
    expect((await github.tree('muster/a'))['results/a']).toBe('text');
    expect(await parentsOf(github, 'muster/a')).toEqual([head]);
  });

  test.each([
    ['PATCH', 'muster/a'],
    ['POST', 'muster/new'],
  ])('whose answer got lost (%s) is known as done', async (method, name) => {
    const { github, forge, branch } = await bench();
    const tip = await branch('muster/a');
    const expected = name === 'muster/a' ? tip : undefined;
    github.fault({ on: new RegExp(`^${method} /git/refs`), times: 1, done: true, reply: 'lost' });
    const outcome = await forge.commitFiles(wanted(name, expected, 'text'));
    expect(outcome).toEqual({ outcome: 'committed', commit: await forge.head(name) });
  });

  test('names no author, so that GitHub signs it', async () => {
    const { github, forge } = await bench();
    const sent: unknown[] = [];
    github.watch((call) => {
      if (call.path.endsWith('/git/commits')) sent.push(Object.keys(call.body).sort());
    });
    await forge.commitFiles(wanted('muster/a', undefined, 'text'));
    expect(sent).toEqual([['message', 'parents', 'tree']]);
  });

  test('of text costs one request for all files, and of bytes one more each', async () => {
    const { forge, since } = await bench();
    const files = Array.from({ length: 40 }, (_, index) => ({ path: `results/${index}`, bytes: `${index}` }));
    const bytes = { path: 'results/bytes', bytes: Uint8Array.of(0, 255) };
    since();
    await forge.commitFiles({ ...wanted('muster/a', undefined, ''), files: [...files, bytes] });
    expect(since().filter((one) => !one.startsWith('GET'))).toEqual([
      'POST /git/blobs 201',
      'POST /git/trees 201',
      'POST /git/commits 201',
      'POST /git/refs 201',
    ]);
  });

  test('of more than 300 files is sent in portions and holds them all', async () => {
    const { forge, since } = await bench();
    const files = Array.from({ length: 650 }, (_, index) => ({ path: `many/${index}`, bytes: `${index}` }));
    await forge.commitFiles({ ...wanted('muster/a', undefined, ''), files });
    expect(since().filter((one) => one === 'POST /git/trees 201')).toHaveLength(3);
    expect(await forge.listFiles('many', 'muster/a')).toHaveLength(650);
    expect(await forge.readFile('README.md', 'muster/a')).toBeDefined();
  });

  test('keeps text that JSON cannot carry as it is', async () => {
    const { forge, since } = await bench();
    const texts = ['\uFEFFbom', 'nul \0', 'line\r\nends', '🙂'];
    const files = texts.map((text, index) => ({ path: `odd/${index}`, bytes: Buffer.from(text) }));
    await forge.commitFiles({ ...wanted('muster/a', undefined, ''), files });
    const read = await Promise.all(texts.map((_, index) => forge.readFile(`odd/${index}`, 'muster/a')));
    expect(read.map((bytes) => Buffer.from(bytes ?? []).toString())).toEqual(texts);
    expect(since().filter((one) => one === 'POST /git/blobs 201')).toHaveLength(1);
  });

  test('to a branch that a ruleset closes says so', async () => {
    const { forge } = await bench({ protectedBranches: /^muster\// });
    await expect(forge.commitFiles(wanted('muster/a', undefined, 'text'))).rejects.toMatchObject({
      denied: true,
      message: expect.stringMatching(
        /a ruleset or a branch protection refuses it.*Cannot update this protected/s,
      ),
    });
  });
});

test('portions are cut by entries and by bytes, and hold what is larger than one', () => {
  const entry = (content: string) => ({ path: 'p', mode: '100644', type: 'blob', content }) as const;
  const sizes = ['a', 'bb', 'cccccccc', 'd', 'e', 'f'].map(entry);
  const parts = [...portions(sizes, { entries: 2, bytes: 5 })];
  expect(parts.map((part) => part.map((one) => ('content' in one ? one.content : '')))).toEqual([
    ['a', 'bb'],
    ['cccccccc'],
    ['d', 'e'],
    ['f'],
  ]);
});

describe('many files', () => {
  test('are listed: 3,000 in one folder, in four requests', async () => {
    const { github, forge, since } = await bench();
    const paths = Array.from({ length: 3000 }, (_, index) => `grids/many/${String(index).padStart(4, '0')}`);
    await github.seed(Object.fromEntries(paths.map((path) => [path, path])));
    since();
    expect(await forge.listFiles('grids/many')).toEqual(paths);
    expect(since().length).toBeLessThanOrEqual(6);
  });

  test('of a pull request are named beyond the 3,000 that GitHub lists', async () => {
    const { github, forge, branch } = await bench();
    const paths = Array.from({ length: 3010 }, (_, index) => `many/${String(index).padStart(4, '0')}`);
    await branch('muster/a', Object.fromEntries(paths.map((path) => [path, path])));
    await github.seed({ 'grids/later.yaml': 'not of the pull request' });
    const { number } = await forge.openReview(aReview('muster/a'));
    expect(await forge.changedFiles(number)).toEqual(paths);
  });

  test('are listed folder by folder where GitHub cuts the list', async () => {
    const { github, forge } = await bench();
    await github.seed({ 'deep/a/1': '1', 'deep/b/c/2': '2', 'deep/3': '3' });
    github.change(/^GET \/git\/trees/, (call, body) =>
      call.query.has('recursive') ? { ...body, tree: [], truncated: true } : body,
    );
    expect(await forge.listFiles('deep')).toEqual(['deep/3', 'deep/a/1', 'deep/b/c/2']);
  });

  test('are listed in the order of their bytes, as git has them', async () => {
    const { github, forge } = await bench();
    const paths = ['odd/Z', 'odd/a', 'odd/é', 'odd/\uFB01', 'odd/🙂'];
    await github.seed(Object.fromEntries(paths.toReversed().map((path) => [path, path])));
    expect(await forge.listFiles('odd')).toEqual(paths);
  });

  test('that moved are changed under both names', async () => {
    const { github, forge, branch } = await bench();
    await branch('muster/a');
    const { number } = await forge.openReview(aReview('muster/a'));
    github.change(/^GET \/pulls\/\d+\/files/, () => [{ filename: 'new', previous_filename: 'before' }]);
    expect(await forge.changedFiles(number)).toEqual(['before', 'new']);
  });

  test('above 1 MB are read as blobs', async () => {
    const { github, forge } = await bench();
    github.change(/^GET \/contents/, (_, body) => ({ ...body, encoding: 'none', content: '' }));
    expect(Buffer.from((await forge.readFile('grids/a.yaml')) ?? []).toString()).toBe('grid: a\n');
  });
});

async function parentsOf(
  { git }: Awaited<ReturnType<typeof bench>>['github'],
  branch: string,
): Promise<readonly string[]> {
  const commit = await git.ask('GET', `/git/commits/${await git.tip(branch)}`);
  // Of the emulator, for this test alone.
  return (commit as { parents: { sha: string }[] }).parents.map(({ sha }) => sha);
}
