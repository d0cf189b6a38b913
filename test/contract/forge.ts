import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommitOutcome, CommitStatus, Forge, Review } from '../../src/forge/forge.ts';

/** A forge for one suite, with what people do on it and what they see. */
export interface ForgeUnderTest {
  /** Its default branch holds `defaultFiles`. */
  readonly forge: Forge;
  merge(review: number): Promise<void>;
  close(review: number): Promise<void>;
  /** A person edits the body. */
  edit(review: number, change: (body: string) => string): Promise<void>;
  comments(review: number): Promise<readonly string[]>;
  statuses(commit: string): Promise<readonly CommitStatus[]>;
  dispose(): Promise<void>;
}

export const defaultFiles: Readonly<Record<string, string>> = {
  'README.md': '# Ensemble\n',
  'grids/a.yaml': 'grid: a\n',
  'grids/b.yaml': 'grid: b\n',
  'grids-old/c.yaml': 'grid: c\n',
};

/** What every forge promises (src/forge/forge.ts); run against each implementation. */
export function describeForge(name: string, make: () => Promise<ForgeUnderTest>): void {
  describe(`${name} keeps the forge contract`, () => {
    let opened: ForgeUnderTest;
    let forge: Forge;
    let count = 0;
    const freshBranch = () => {
      count += 1;
      return `muster/a-${String(count).padStart(12, '0')}`;
    };

    beforeAll(async () => {
      opened = await make();
      forge = opened.forge;
    });
    afterAll(() => opened.dispose());

    describe('the default branch', () => {
      test('is read without a name', async () => {
        expect(await readText(forge, 'grids/a.yaml')).toBe('grid: a\n');
      });

      test('is read at its commit', async () => {
        expect(await readText(forge, 'grids/a.yaml', await forge.head())).toBe('grid: a\n');
      });

      test('has no file that nobody committed', async () => {
        expect(await forge.readFile('grids/none.yaml')).toBeUndefined();
      });

      test('has no folder for a file', async () => {
        expect(await forge.readFile('grids')).toBeUndefined();
      });

      test('lists the files below a folder and not those beside it', async () => {
        expect(await forge.listFiles('grids')).toEqual(['grids/a.yaml', 'grids/b.yaml']);
      });

      test('lists nothing below a folder that is not there', async () => {
        expect(await forge.listFiles('results/none')).toEqual([]);
      });
    });

    describe('committing', () => {
      test('makes a branch from the default branch', async () => {
        const branch = freshBranch();
        const commit = await commitNew(branch, { 'results/run.json': '{}' });
        expect(await forge.head(branch)).toBe(commit);
        expect(await readText(forge, 'results/run.json', branch)).toBe('{}');
        expect(await readText(forge, 'grids/a.yaml', branch)).toBe('grid: a\n');
      });

      test('adds to a branch and leaves its other files', async () => {
        const branch = freshBranch();
        const first = await commitNew(branch, { 'results/a': '1', 'results/b': '1' });
        const second = committed(await commit(branch, first, { 'results/b': '2' }));
        expect(await readText(forge, 'results/a', second)).toBe('1');
        expect(await readText(forge, 'results/b', second)).toBe('2');
        expect(await readText(forge, 'results/b', first)).toBe('1');
      });

      test('leaves the default branch alone', async () => {
        const before = await forge.head();
        await commitNew(freshBranch(), { 'results/alone': '{}' });
        expect(await forge.head()).toBe(before);
        expect(await forge.readFile('results/alone')).toBeUndefined();
      });

      test('keeps bytes as they are', async () => {
        const bytes = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
        const branch = freshBranch();
        await forge.commitFiles({
          branch,
          expectedHead: undefined,
          message: 'Bytes',
          files: [{ path: 'results/bytes.bin', bytes }],
        });
        expect(Buffer.from((await forge.readFile('results/bytes.bin', branch)) ?? [])).toEqual(
          Buffer.from(bytes),
        );
      });

      test('takes names with spaces and other letters', async () => {
        const branch = freshBranch();
        const path = 'results/é λ "q" #1/α=0.5.svg';
        await commitNew(branch, { [path]: '<svg/>' });
        expect(await readText(forge, path, branch)).toBe('<svg/>');
        expect(await forge.listFiles('results', branch)).toEqual([path]);
      });

      test('is refused when the branch has moved on', async () => {
        const branch = freshBranch();
        const first = await commitNew(branch, { 'results/a': '1' });
        const second = committed(await commit(branch, first, { 'results/a': '2' }));
        expect(await commit(branch, first, { 'results/a': '3' })).toEqual({ outcome: 'moved', head: second });
        expect(await readText(forge, 'results/a', branch)).toBe('2');
      });

      test('is refused when a branch is expected that is not there', async () => {
        const expected = await forge.head();
        expect(await commit(freshBranch(), expected, { 'results/a': '1' })).toEqual({
          outcome: 'moved',
          head: undefined,
        });
      });

      test('is refused when no branch is expected and there is one', async () => {
        const branch = freshBranch();
        const head = await commitNew(branch, { 'results/a': '1' });
        expect(await commit(branch, undefined, { 'results/a': '2' })).toEqual({ outcome: 'moved', head });
      });

      test('changes nothing when the files are the same', async () => {
        const branch = freshBranch();
        const head = await commitNew(branch, { 'results/a': '1' });
        expect(await commit(branch, head, { 'results/a': '1' })).toEqual({
          outcome: 'unchanged',
          commit: head,
        });
        expect(await forge.head(branch)).toBe(head);
      });

      test('repeated after a lost answer finds its own commit', async () => {
        const branch = freshBranch();
        const head = await commitNew(branch, { 'results/a': '1' });
        expect(await commit(branch, undefined, { 'results/a': '1' })).toEqual({
          outcome: 'unchanged',
          commit: head,
        });
      });

      test('lets one of several writers win', async () => {
        const branch = freshBranch();
        const head = await commitNew(branch, { 'results/a': '0' });
        const outcomes = await Promise.all(
          ['1', '2', '3', '4'].map((text) => commit(branch, head, { 'results/a': text })),
        );
        expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([
          'committed',
          'moved',
          'moved',
          'moved',
        ]);
      });

      test('finds no tip of a branch that is not there', async () => {
        expect(await forge.head('muster/none')).toBeUndefined();
      });
    });

    describe('a review', () => {
      test('is opened with title, body and stage', async () => {
        const review = await openNew({ title: 'Run a', body: 'Running', stage: 'draft' });
        expect(review).toMatchObject({ state: 'open', stage: 'draft', title: 'Run a' });
        expect(review.body).toContain('Running');
        expect(review.url).toMatch(/^(https?|file):\/\//);
      });

      test('is found by its branch', async () => {
        const review = await openNew({});
        expect(await forge.findReview(review.branch)).toEqual(review);
      });

      test('is not found for a branch without one', async () => {
        const branch = freshBranch();
        await commitNew(branch, { 'results/a': branch });
        expect(await forge.findReview(branch)).toBeUndefined();
      });

      test('is opened once', async () => {
        const review = await openNew({ title: 'First' });
        const again = await forge.openReview({ ...newReview(review.branch), title: 'Second' });
        expect(again.number).toBe(review.number);
        expect((await forge.findReview(review.branch))?.title).toBe('First');
      });

      test('is opened once by several at the same time', async () => {
        const branch = freshBranch();
        await commitNew(branch, { 'results/a': branch });
        const reviews = await Promise.all([1, 2, 3].map(() => forge.openReview(newReview(branch))));
        expect(new Set(reviews.map(({ number }) => number)).size).toBe(1);
      });

      test('needs a branch', async () => {
        await expect(forge.openReview(newReview('muster/none'))).rejects.toThrow();
      });

      test('names the paths it changes, and no others', async () => {
        const branch = freshBranch();
        const head = await commitNew(branch, { 'results/b': '1', 'results/a': '1' });
        await commit(branch, head, { 'README.md': 'changed\n' });
        const review = await forge.openReview(newReview(branch));
        expect(await forge.changedFiles(review.number)).toEqual(['README.md', 'results/a', 'results/b']);
      });

      test('goes from draft to ready and back', async () => {
        const { number, branch } = await openNew({ stage: 'draft' });
        await forge.setStage(number, 'ready');
        expect((await forge.findReview(branch))?.stage).toBe('ready');
        await forge.setStage(number, 'draft');
        expect((await forge.findReview(branch))?.stage).toBe('draft');
      });

      test('that was merged is found as merged, and its files are on the default branch', async () => {
        const branch = freshBranch();
        await commitNew(branch, { 'results/merged/run.json': '{"merged":true}' });
        const { number } = await forge.openReview(newReview(branch));
        await opened.merge(number);
        expect((await forge.findReview(branch))?.state).toBe('merged');
        expect(await readText(forge, 'results/merged/run.json')).toBe('{"merged":true}');
        expect(await forge.listFiles('results/merged')).toEqual(['results/merged/run.json']);
      });

      test('is opened anew after the merge, with only what is new', async () => {
        const branch = freshBranch();
        const first = await commitNew(branch, { 'results/anew/a': '1' });
        const merged = await forge.openReview(newReview(branch));
        await opened.merge(merged.number);
        await commit(branch, first, { 'results/anew/b': '2' });
        const review = await forge.openReview(newReview(branch));
        expect(review.number).toBeGreaterThan(merged.number);
        expect((await forge.findReview(branch))?.number).toBe(review.number);
        expect(await forge.changedFiles(review.number)).toEqual(['results/anew/b']);
      });
    });

    describe('updating a review', () => {
      test('replaces title and body', async () => {
        const { number, branch } = await openNew({ body: 'old text' });
        expect(await forge.updateReview(number, { title: 'New', body: 'new text', version: 2 })).toBe(
          'updated',
        );
        const review = await forge.findReview(branch);
        expect(review?.title).toBe('New');
        expect(review?.body).toContain('new text');
        expect(review?.body).not.toContain('old text');
      });

      test('changes nothing the second time', async () => {
        const { number } = await openNew({});
        const update = { title: 'New', body: 'new', version: 2 };
        await forge.updateReview(number, update);
        expect(await forge.updateReview(number, update)).toBe('unchanged');
      });

      test('never goes back to an older version', async () => {
        const { number, branch } = await openNew({});
        await forge.updateReview(number, { title: 'Nine', body: 'version nine', version: 9 });
        expect(await forge.updateReview(number, { title: 'Eight', body: 'version eight', version: 8 })).toBe(
          'stale',
        );
        expect(await forge.findReview(branch)).toMatchObject({ title: 'Nine' });
        expect((await forge.findReview(branch))?.body).toContain('version nine');
      });

      test('counts versions as numbers', async () => {
        const { number } = await openNew({});
        await forge.updateReview(number, { title: 'T', body: 'nine', version: 9 });
        expect(await forge.updateReview(number, { title: 'T', body: 'ten', version: 10 })).toBe('updated');
      });

      test('respects the version it was opened with', async () => {
        const { number } = await openNew({ version: 5 });
        expect(await forge.updateReview(number, { title: 'T', body: 'four', version: 4 })).toBe('stale');
      });

      test('keeps what people wrote around it', async () => {
        const { number, branch } = await openNew({ body: 'machine one' });
        await opened.edit(number, (body) => `Human before\n\n${body}\n\nHuman after`);
        await forge.updateReview(number, { title: 'T', body: 'machine two', version: 2 });
        const body = (await forge.findReview(branch))?.body ?? '';
        expect(body).toMatch(/^Human before\n\n[\s\S]*machine two[\s\S]*\n\nHuman after$/);
        expect(body).not.toContain('machine one');
      });

      test('leaves a review alone that a person closed', async () => {
        const { number, branch } = await openNew({ title: 'Closed' });
        await opened.close(number);
        expect(await forge.updateReview(number, { title: 'New', body: 'x', version: 9 })).toBe('closed');
        expect(await forge.findReview(branch)).toMatchObject({ state: 'closed', title: 'Closed' });
      });
    });

    test('the address of a committed file names its path, safe for Markdown', async () => {
      const head = await commitNew(freshBranch(), { 'results/a b (1)/é.svg': '<svg/>' });
      const address = forge.fileUrl('results/a b (1)/é.svg', head);
      expect(decodeURIComponent(address)).toContain('results/a b (1)/é.svg');
      expect(address).not.toMatch(/[\s()<>]/);
    });

    describe('comments', () => {
      test('are made once and then edited in place', async () => {
        const { number } = await openNew({});
        await forge.upsertComment(number, 'plan', 'first plan');
        await forge.upsertComment(number, 'plan', 'second plan');
        const comments = await opened.comments(number);
        expect(comments).toHaveLength(1);
        expect(comments[0]).toContain('second plan');
      });

      test('of two markers stand beside each other', async () => {
        const { number } = await openNew({});
        await forge.upsertComment(number, 'plan', 'a plan');
        await forge.upsertComment(number, 'plan:two', 'another');
        await forge.upsertComment(number, 'plan', 'a new plan');
        const comments = await opened.comments(number);
        expect(comments).toHaveLength(2);
        expect(comments[0]).toContain('a new plan');
        expect(comments[1]).toContain('another');
      });
    });

    describe('commit statuses', () => {
      test('of one context replace each other', async () => {
        const head = await commitNew(freshBranch(), { 'results/status': String(count) });
        const done = {
          context: 'muster/complete',
          state: 'success',
          description: '40 of 40 verified',
        } as const;
        await forge.setStatus(head, { ...done, state: 'pending', description: 'running' });
        await forge.setStatus(head, done);
        expect(await opened.statuses(head)).toEqual([done]);
      });

      test('of two contexts stand beside each other', async () => {
        const head = await commitNew(freshBranch(), { 'results/status': String(count) });
        const one = { context: 'muster/a', state: 'success', description: 'a' } as const;
        const two = {
          context: 'muster/b',
          state: 'failure',
          description: 'b',
          url: 'https://example.org/',
        } as const;
        await forge.setStatus(head, two);
        await forge.setStatus(head, one);
        expect(await opened.statuses(head)).toEqual([one, two]);
      });
    });

    const commit = (
      branch: string,
      expectedHead: string | undefined,
      files: Readonly<Record<string, string>>,
    ) =>
      forge.commitFiles({
        branch,
        expectedHead,
        message: 'Test',
        files: Object.entries(files).map(([path, bytes]) => ({ path, bytes })),
      });
    const commitNew = async (branch: string, files: Readonly<Record<string, string>>) =>
      committed(await commit(branch, undefined, files));
    const newReview = (branch: string) =>
      ({ branch, title: 'Title', body: 'Body', version: 1, stage: 'draft' }) as const;
    const openNew = async (changes: Partial<Parameters<Forge['openReview']>[0]>): Promise<Review> => {
      const branch = freshBranch();
      await commitNew(branch, { [`results/${branch}/run.json`]: branch });
      return forge.openReview({ ...newReview(branch), ...changes });
    };
  });
}

function committed(outcome: CommitOutcome): string {
  if (outcome.outcome !== 'committed') throw new Error(`expected a commit, got ${outcome.outcome}`);
  return outcome.commit;
}

async function readText(forge: Forge, path: string, at?: string): Promise<string | undefined> {
  const bytes = await forge.readFile(path, at);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}
