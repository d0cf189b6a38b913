import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyGrid } from '../cli/place.ts';
import { Laboratory } from './laboratory.ts';

const grid = `${toyGrid}launch: { on: commit }\n`;
const look = { action: 'poll-ensembles', job: 'watch/look' };

const branchesOf = async (lab: Laboratory) =>
  (await lab.github.pulls()).filter(({ head }) => head.ref.startsWith('muster/')).map(({ head }) => head.ref);

describe('steps at the same time', () => {
  let lab: Laboratory;
  let run = '';
  beforeAll(async () => {
    lab = await Laboratory.open();
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('two launches of one commit are one run and one pull request', async () => {
    await lab.good({ action: 'submit-ensemble', job: 'launch/submit' });
    await lab.push({ 'grids/toy.yaml': grid });
    const { outputs } = await lab.good({ action: 'plan-grid', job: 'launch/what' });
    const request = { action: 'submit-ensemble', job: 'launch/submit', with: { plans: outputs.open ?? '' } };
    const both = await Promise.all([lab.good(request), lab.good(request)]);
    const runs = both.flatMap((step) => JSON.parse(step.outputs.runs ?? '[]'));
    expect(new Set(runs.map((one) => one.run)).size).toBe(1);
    run = runs[0].run;
    expect(await branchesOf(lab)).toEqual([`muster/${run}`]);
  });

  it('two looks go through, and the pull request shows the newer one', async () => {
    await Promise.all([lab.good(look), lab.good(look)]);
    expect(await branchesOf(lab)).toHaveLength(1);
  });

  it('a look beside a publication keeps what was published', async () => {
    await lab.watchUntilEnded();
    const publication = { action: 'publish-results', job: 'watch/publish', with: { run } };
    await Promise.all([lab.good(publication), lab.good(look), lab.good(look)]);
    const review = await lab.review();
    expect(review).toMatchObject({ draft: false });
    expect(review?.body).toContain('12 of 12 verified');
    expect(await branchesOf(lab)).toHaveLength(1);
  });

  it('two publications are one', async () => {
    const publication = { action: 'publish-results', job: 'watch/publish', with: { run } };
    const before = await lab.github.git.tip(`muster/${run}`);
    const both = await Promise.all([lab.good(publication), lab.good(publication)]);
    expect(both.map(({ outputs }) => outputs.outcome)).toEqual(['published', 'published']);
    expect(await lab.github.git.tip(`muster/${run}`)).toBe(before);
  });
});

/** Kills a step at its n-th request to GitHub that matches. */
async function killedAt(lab: Laboratory, on: RegExp, start: () => ReturnType<Laboratory['start']>) {
  let step: Awaited<ReturnType<Laboratory['start']>> | undefined;
  const reached = Promise.withResolvers<void>();
  let isArmed = true;
  lab.github.watch(({ method, path }) => {
    if (!isArmed || !on.test(`${method} ${path}`)) return;
    isArmed = false;
    step?.child.kill('SIGKILL');
    reached.resolve();
  });
  step = await start();
  await Promise.race([reached.promise, step.ended]);
  const { code } = await step.ended;
  isArmed = false;
  return code;
}

describe('a step that is killed', () => {
  let lab: Laboratory;
  let plans = '[]';
  let run = '';
  beforeAll(async () => {
    lab = await Laboratory.open();
    await lab.good({ action: 'submit-ensemble', job: 'launch/submit' });
    await lab.push({ 'grids/toy.yaml': grid });
    const { outputs } = await lab.good({ action: 'plan-grid', job: 'launch/what' });
    plans = outputs.open ?? '[]';
    run = JSON.parse(plans)[0].run;
  });
  afterAll(() => lab[Symbol.asyncDispose]());
  const submission = () => ({ action: 'submit-ensemble', job: 'launch/submit', with: { plans } });

  it.each([/POST .*\/git\/trees/, /POST .*\/git\/refs/])(
    'in the middle of a launch (%s) is completed by the next',
    async (on) => {
      expect(await killedAt(lab, on, () => lab.start(submission()))).toBeNull();
    },
  );

  it('while it opens the review leaves that to the next look that has news', async () => {
    // Without news since the last death it ends well, and opens nothing.
    const code = await killedAt(lab, /POST .*\/pulls$/, () => lab.start(submission()));
    expect([null, 0]).toContain(code);
  });

  it('has launched once', async () => {
    await lab.good(submission());
    await lab.watchUntilEnded();
    expect(await branchesOf(lab)).toEqual([`muster/${run}`]);
    const names = lab.aws.describe(...lab.aws.batch.jobIds).map(({ jobName }) => jobName);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    /POST .*\/git\/trees/,
    /PATCH .*\/git\/refs/,
    /PATCH .*\/pulls/,
    /POST .*\/statuses/,
    /POST \/graphql/,
  ])('in the middle of a publication (%s) is named by the next look', async (on) => {
    const publication = { action: 'publish-results', job: 'watch/publish', with: { run } };
    const code = await killedAt(lab, on, () => lab.start(publication));
    if (code !== null) return; // It had got to the end without that request.
    const { outputs } = await lab.good(look);
    expect(outputs.ended).toBe(JSON.stringify([run]));
  });

  it('has published once, and all of it', async () => {
    await lab.good({ action: 'publish-results', job: 'watch/publish', with: { run } });
    const review = await lab.review();
    expect(review).toMatchObject({ draft: false });
    expect(review?.body).toContain('12 of 12 verified');
    expect((await lab.good(look)).outputs.ended).toBe('[]');
    expect(await branchesOf(lab)).toHaveLength(1);
  });
});
