import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyGrid } from '../cli/place.ts';
import { Laboratory, roleArn } from './laboratory.ts';

/** The pull request whole, and every file on its branch, without what differs from run to run. */
function shown(title: unknown, body: string, tree: Readonly<Record<string, string>>): string {
  const files = Object.entries(tree)
    .filter(([path]) => path.startsWith('results/'))
    .map(([path, text]) => `- ${path}${path.endsWith('README.md') ? `\n\n${text}` : ''}`);
  return withoutChance(`${title}\n\n${body}\n\n${files.sort().join('\n')}\n`);
}

const withoutChance = (text: string) =>
  text
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, 'https://github.example')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uuid>')
    .replace(/\b[0-9a-f]{64}\b/g, '<sha256>')
    .replace(/\b[0-9a-f]{40}\b/g, '<commit>')
    .replace(/\b(toy-)[0-9a-f]{12}\b/g, '$1<run>')
    .replace(/`[0-9a-f]{12}`/g, '`<digest>`')
    .replace(/muster:version \d+/, 'muster:version <n>')
    .replace(/`\d+\.\d+\.\d+`/g, '`<version>`')
    .replace(/\d{4}-\d\d-\d\d( \d\d:\d\d UTC)?/g, '<date>')
    .replace(/\b(\d+ (h|min) )?\d+(\.\d+)? (ms|s|min|h)\b/g, '<time>')
    // What took longest, how it depends on what, and who was how large, is chance, too.
    .replace(/\. \w+ explains \d+ % of the differences/g, '')
    .replace(/\d+ % of all program time/g, '<share> of all program time')
    .replace(/\| Peak memory .*\n/g, '')
    .replace(/\d+ bytes/g, '<size>')
    .replace(/at most \d at once/g, 'at most <n> at once');

/** The life of a grid, each step a committed bundle with the permissions of its job and nothing else. */
describe('a grid on GitHub', () => {
  let lab: Laboratory;
  let plans = '[]';
  let run = '';
  beforeAll(async () => {
    lab = await Laboratory.open();
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  const changed = `${toyGrid.replace('scale: 1', 'scale: 2')}launch: { on: commit }\n`;
  const plan = (grids: string) =>
    lab.good({
      action: 'plan-grid',
      job: 'launch/what',
      with: { grids, comment: 'false', 'role-arn': roleArn('PLAN') },
    });
  const submit = () =>
    lab.good({
      action: 'submit-ensemble',
      job: 'launch/submit',
      with: { plans, 'role-arn': roleArn('LAUNCH') },
    });
  const watch = () => lab.good({ action: 'poll-ensembles', job: 'watch/look' });

  it('is the baseline in a new repository, and launches nothing', async () => {
    const { outputs } = await plan('undecided');
    expect([outputs.open, outputs.undecided]).toEqual(['[]', '1']);
    const submitted = await submit();
    expect(JSON.parse(submitted.outputs.runs ?? '')).toMatchObject([
      { path: 'grids/toy.yaml', outcome: 'baseline' },
    ]);
    expect(lab.aws.batch.jobIds).toEqual([]);
  });

  it('is planned in a comment on its pull request, which a second plan edits', async () => {
    await lab.push({ 'grids/toy.yaml': changed }, 'scale-2');
    const { number, event } = await lab.pullRequest('scale-2');
    const request = { action: 'plan-grid', job: 'plan/plan', event, with: { 'role-arn': roleArn('PLAN') } };
    const step = await lab.good(request);
    await lab.good(request);
    const comments = await lab.github.comments(number);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.body).toContain('12 combinations');
    expect(step.summary).toContain('12 combinations');
    expect(lab.aws.batch.jobIds).toEqual([]);
  });

  it('is launched from main as it was planned, and opens a draft', async () => {
    lab.break(3);
    await lab.push({ 'grids/toy.yaml': changed });
    const { outputs } = await plan('undecided');
    plans = outputs.open ?? '';
    const submitted = await submit();
    const [launched] = JSON.parse(submitted.outputs.runs ?? '');
    expect(launched).toMatchObject({ path: 'grids/toy.yaml', outcome: 'launched' });
    run = launched.run;
    expect(await lab.review()).toMatchObject({ draft: true, state: 'open' });
  });

  it('is launched once, however often its workflow runs', async () => {
    const jobs = lab.aws.batch.jobIds.length;
    const submitted = await submit();
    expect(JSON.parse(submitted.outputs.runs ?? '')).toMatchObject([{ run, outcome: 'exists' }]);
    expect(lab.aws.batch.jobIds).toHaveLength(jobs);
    expect((await plan('undecided')).outputs.open).toBe('[]');
  });

  it('is watched until its slices have ended, and published by another job', async () => {
    expect(await lab.watchUntilEnded()).toEqual([run]);
    const step = await lab.good({ action: 'publish-results', job: 'watch/publish', with: { run } });
    expect(step.outputs).toMatchObject({
      outcome: 'published',
      succeeded: '10',
      combinations: '12',
      complete: 'false',
    });
    expect(await lab.review()).toMatchObject({ draft: false });
  });

  it('runs again what failed', async () => {
    lab.break();
    const look = await lab.good({
      ...{ action: 'rerun-ensemble', job: 'rerun/look' },
      with: { run: 'toy', 'dry-run': 'true', 'role-arn': roleArn('PLAN') },
    });
    expect(look.outputs).toMatchObject({ run, approval: 'open', combinations: '2' });
    const again = await lab.good({
      ...{ action: 'rerun-ensemble', job: 'rerun/rerun' },
      with: { run, digest: look.outputs.digest ?? '', 'role-arn': roleArn('LAUNCH') },
    });
    expect(again.outputs).toMatchObject({ outcome: 'opened', round: '1', combinations: '2' });
    expect(await lab.review()).toMatchObject({ state: 'open' });
  });

  it('ends as a pull request that is ready, with every file', async () => {
    expect(await lab.watchUntilEnded()).toEqual([run]);
    const step = await lab.good({ action: 'publish-results', job: 'watch/publish', with: { run } });
    expect(step.outputs).toMatchObject({ succeeded: '12', complete: 'true' });
    const review = await lab.review();
    expect(review).toMatchObject({ draft: false, state: 'open' });
    const tree = await lab.github.tree(`muster/${run}`);
    await expect(shown(review?.title, review?.body ?? '', tree)).toMatchFileSnapshot('story.snapshot.md');
    expect(await watch()).toMatchObject({ outputs: { ended: '[]', active: '0' } });
  });
});
