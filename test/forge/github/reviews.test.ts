import { describe, expect, test } from 'vitest';
import { bodyVersion, composeComment } from '../../../src/forge/body.ts';
import { aReview, bench } from './under-test.ts';

const lengthOf = (text: string) => Array.from(text).length;

describe('a pull request', () => {
  test('with a text of 70,000 characters is opened with what fits, and says where the rest is', async () => {
    const { github, forge, branch } = await bench();
    await branch('muster/a');
    await forge.openReview({ ...aReview('muster/a'), body: 'line of text 🙂\n'.repeat(5000) });
    const [pull] = await github.pulls();
    expect(lengthOf(pull?.body ?? '')).toBeGreaterThan(60_000);
    expect(lengthOf(pull?.body ?? '')).toBeLessThanOrEqual(65_536);
    expect(pull?.body).toContain('The rest is in the files');
  });

  test('is found among those of other branches and of forks with the same branch', async () => {
    const { github, forge, branch } = await bench();
    await branch('muster/a');
    const { number } = await forge.openReview(aReview('muster/a'));
    github.change(/^GET \/pulls$/, (_, body) => {
      const [ours] = body as { head: object }[]; // Of the model, for this test.
      const foreign = { ...ours, number: 99, head: { ...ours?.head, repo: { full_name: 'eve/grids' } } };
      const other = { ...ours, number: 98, head: { ...ours?.head, ref: 'muster/b' } };
      return [foreign, other, ours];
    });
    expect((await forge.findReview('muster/a'))?.number).toBe(number);
  });

  test('is found where muster.yaml writes the repository in another case', async () => {
    const { github, forge, branch } = await bench();
    await branch('muster/a');
    const { number } = await forge.openReview(aReview('muster/a'));
    github.change(/^GET \/pulls$/, (_, body) => {
      const [ours] = body as { head: object }[]; // Of the model, for this test.
      return [{ ...ours, head: { ...ours?.head, repo: { full_name: 'Lab/Grids' } } }];
    });
    expect((await forge.findReview('muster/a'))?.number).toBe(number);
  });

  test('of a repository without drafts is open with the label, and loses it when it is ready', async () => {
    const { github, forge, branch } = await bench({ drafts: false });
    await branch('muster/a');
    const { number } = await forge.openReview(aReview('muster/a'));
    const labels = async () => (await github.pulls()).flatMap((pull) => pull.labels.map(({ name }) => name));
    expect(await labels()).toEqual(['muster: running']);
    await forge.setStage(number, 'ready');
    expect(await labels()).toEqual([]);
  });

  test('keeps the labels of people', async () => {
    const { github, forge, branch } = await bench({ drafts: false });
    await branch('muster/a');
    const { number } = await forge.openReview(aReview('muster/a'));
    await github.git.ask('POST', `/issues/${number}/labels`, { labels: ['cosmology'] });
    await forge.setStage(number, 'ready');
    expect((await github.pulls())[0]?.labels.map(({ name }) => name)).toEqual(['cosmology']);
  });

  test('without a commit of its own is refused in GitHub’s words', async () => {
    const { github, forge } = await bench();
    await github.git.ask('POST', '/git/refs', {
      ref: 'refs/heads/muster/a',
      sha: await github.git.tip('main'),
    });
    await expect(forge.openReview(aReview('muster/a'))).rejects.toThrow(
      'No commits between main and muster/a',
    );
  });

  test('that two forges update at once shows the newer state', async () => {
    const { forge, open, branch } = await bench();
    await branch('muster/a');
    const { number } = await forge.openReview(aReview('muster/a'));
    const other = await open();
    for (let version = 2; version < 12; version += 2) {
      await Promise.all([
        other.updateReview(number, { title: 'T', body: 'newer', version: version + 1 }),
        forge.updateReview(number, { title: 'T', body: 'older', version }),
      ]);
      const body = (await forge.findReview('muster/a'))?.body ?? '';
      expect(bodyVersion(body)).toBe(version + 1);
    }
  });

  test('that an older writer overwrote is written again', async () => {
    const { github, forge, branch } = await bench();
    await branch('muster/a');
    const { number, body } = await forge.openReview(aReview('muster/a'));
    let slow = true;
    github.watch(({ method, path }) => {
      if (method !== 'PATCH' || !path.endsWith(`/pulls/${number}`) || !slow) return;
      slow = false;
      // Lands right after ours, by a writer who had looked before.
      setTimeout(() => void github.edit(number, { body }), 0);
    });
    github.delay(/^GET \/pulls\/\d+$/, 50);
    await forge.updateReview(number, { title: 'T', body: 'newer', version: 7 });
    expect(bodyVersion((await forge.findReview('muster/a'))?.body ?? '')).toBe(7);
  });

  test.each(['draft', 'ready'] as const)('that is %s already is left alone', async (stage) => {
    const { forge, branch, since } = await bench();
    await branch('muster/a');
    const { number } = await forge.openReview({ ...aReview('muster/a'), stage });
    since();
    await forge.setStage(number, stage);
    expect(since()).toEqual([`GET /pulls/${number} 200`]);
  });
});

describe('a comment', () => {
  test('of two forges at once is one', async () => {
    const { github, forge, open, branch } = await bench();
    await branch('muster/a');
    const { number } = await forge.openReview(aReview('muster/a'));
    const others = [await open(), await open()];
    await Promise.all([forge, ...others].map((one) => one.upsertComment(number, 'plan', 'a plan')));
    expect(await github.comments(number)).toHaveLength(1);
  });

  test('of a person who copied the marker is kept', async () => {
    const { github, forge, open, branch } = await bench();
    await branch('muster/a');
    const { number } = await forge.openReview(aReview('muster/a'));
    const bob = await open({ token: github.personal('bob') });
    await bob.upsertComment(number, 'plan', 'of bob');
    await forge.upsertComment(number, 'plan', 'of the job');
    expect(await github.comments(number)).toMatchObject([
      { login: 'bob', body: composeComment('plan', 'of bob') },
      { login: 'github-actions[bot]', body: composeComment('plan', 'of the job') },
    ]);
  });

  test('of a job is edited by a person who runs the same from a terminal', async () => {
    const { github, forge, open, branch } = await bench();
    await branch('muster/a');
    const { number } = await forge.openReview(aReview('muster/a'));
    await forge.upsertComment(number, 'plan', 'of the job');
    await (await open({ token: github.personal('ada') })).upsertComment(number, 'plan', 'of ada');
    expect(await github.comments(number)).toMatchObject([{ body: composeComment('plan', 'of ada') }]);
  });

  test('is found behind a hundred others', async () => {
    const { github, forge, branch } = await bench();
    await branch('muster/a');
    const { number } = await forge.openReview(aReview('muster/a'));
    for (let count = 0; count < 101; count += 1) {
      await github.git.ask('POST', `/issues/${number}/comments`, { body: `talk ${count}` });
    }
    await forge.upsertComment(number, 'plan', 'one');
    await forge.upsertComment(number, 'plan', 'two');
    expect(
      (await github.comments(number)).filter(({ body }) => body.includes('muster:comment')),
    ).toHaveLength(1);
  });

  test('that says the same is not written again', async () => {
    const { forge, branch, since } = await bench();
    await branch('muster/a');
    const { number } = await forge.openReview(aReview('muster/a'));
    await forge.upsertComment(number, 'plan', 'a plan');
    since();
    await forge.upsertComment(number, 'plan', 'a plan');
    expect(since()).toEqual([`GET /issues/${number}/comments 200`]);
  });

  test('of 70,000 characters fits', async () => {
    const { github, forge, branch } = await bench();
    await branch('muster/a');
    const { number } = await forge.openReview(aReview('muster/a'));
    await forge.upsertComment(number, 'plan', 'x'.repeat(70_000));
    const [comment] = await github.comments(number);
    expect(lengthOf(comment?.body ?? '')).toBeLessThanOrEqual(65_536);
  });
});

describe('hostile text', () => {
  const hostile = [
    '<!-- muster:end --> outside',
    '<!-- muster:version 99 -->',
    '<!-- muster:comment plan -->',
    '"quotes" \\ back\u2028slash \0 nul',
    '{owner} {repo} {?x} %2F',
  ];

  test.each(hostile)('in a body stays in it: %j', async (text) => {
    const { forge, branch } = await bench();
    await branch('muster/a');
    const { number } = await forge.openReview({ ...aReview('muster/a'), body: text });
    expect(await forge.updateReview(number, { title: 'T', body: 'second', version: 2 })).toBe('updated');
    expect((await forge.findReview('muster/a'))?.body).toBe(
      '<!-- muster:begin -->\n<!-- muster:version 2 -->\nsecond\n<!-- muster:end -->',
    );
  });

  test.each(['a/{owner}', 'a/b?ref=main', 'a/../b#c', 'a/%2e%2e/x', 'a/é λ+&='])(
    'in a path is a path: %s',
    async (path) => {
      const { forge } = await bench();
      const file = { path: path.replace('..', 'dots'), bytes: 'text' };
      await forge.commitFiles({
        branch: 'muster/a',
        expectedHead: undefined,
        message: '{repo}',
        files: [file],
      });
      expect(Buffer.from((await forge.readFile(file.path, 'muster/a')) ?? []).toString()).toBe('text');
    },
  );
});

describe('a status', () => {
  test('is cut at 140 characters', async () => {
    const { github, forge } = await bench();
    const head = (await forge.head()) ?? '';
    await forge.setStatus(head, { context: 'muster/a', state: 'success', description: '🙂'.repeat(200) });
    expect(lengthOf(github.statuses(head)[0]?.description ?? '')).toBe(140);
  });

  test('that is there already is not written again', async () => {
    const { github, forge } = await bench();
    const head = (await forge.head()) ?? '';
    const status = {
      context: 'muster/a',
      state: 'pending',
      description: '1 of 2',
      url: 'https://a/',
    } as const;
    for (let watch = 0; watch < 3; watch += 1) await forge.setStatus(head, status);
    expect(github.statuses(head)).toHaveLength(1);
    await forge.setStatus(head, { ...status, url: 'https://b/' });
    expect(github.statuses(head)).toHaveLength(2);
  });
});

test('two statuses that say the same stand beside each other', async () => {
  const { github, forge } = await bench();
  const head = (await forge.head()) ?? '';
  const said = { state: 'success', description: 'done' } as const;
  await forge.setStatus(head, { context: 'muster/progress', ...said });
  await forge.setStatus(head, { context: 'muster/complete', ...said });
  expect(github.statuses(head).map(({ context }) => context)).toEqual(['muster/complete', 'muster/progress']);
});

test('pictures are named relative to the pull request, by commit', async () => {
  const { forge } = await bench();
  const commit = 'a'.repeat(40);
  expect(forge.fileUrl('results/a (1).svg', commit)).toBe(
    `../blob/${commit}/results/a%20%281%29.svg?raw=true`,
  );
});
