import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyGrid } from '../cli/place.ts';
import { Laboratory } from './laboratory.ts';
import { startStep } from './runner.ts';

const grid = `${toyGrid}launch: { on: commit }\n`;
const cancel = (given: Readonly<Record<string, string>>) => ({
  ...{ action: 'cancel-ensemble', job: 'cancel/cancel', with: given },
});

describe('cancel-ensemble', () => {
  let lab: Laboratory;
  let run = '';
  beforeAll(async () => {
    lab = await Laboratory.open();
    run = await lab.launch(grid);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it.each(['toy', 'toy-', '../active', 'nothing-000000000000'])('stops nothing by `%s`', async (given) => {
    const step = await lab.step(cancel({ run: given }));
    expect(step.code).toBe(1);
    expect(step.log).toContain('nothing was stopped');
  });

  it('stops a run by its whole id, and a repeat changes nothing', async () => {
    const first = await lab.good(cancel({ run, reason: 'wrong metallicity' }));
    const second = await lab.good(cancel({ run }));
    expect([first.outputs.outcome, second.outputs.outcome]).toEqual(['cancelling', 'cancelling']);
    expect(first.outputs.review).toMatch(/\/pull\/\d+$/);
  });

  it('leaves the publication of what succeeded to a watch, with who and why', async () => {
    await lab.watchUntilEnded();
    await lab.good({ action: 'publish-results', job: 'watch/publish', with: { run } });
    const body = (await lab.review())?.body ?? '';
    expect(body).toContain('wrong metallicity');
    expect(body).toContain('ada');
  });
});

describe('validate-network', () => {
  it('tells in the summary, the outputs and a report, and fails with an error', async () => {
    await using lab = await Laboratory.open({ github: { environments: { launch: {} } } });
    const step = await lab.step({ action: 'validate-network', job: 'preflight/preflight' });
    expect(step.summary).toContain('github-environment-missing');
    expect(Number(step.outputs.errors)).toBeGreaterThan(0);
    expect(Number(step.outputs['not-done'])).toBeGreaterThan(0);
    expect(step.code).toBe(1);
  });

  it('shows and judges by the groups that it is given', async () => {
    await using lab = await Laboratory.open();
    const only = { only: 'repository' };
    const step = await lab.good({ action: 'validate-network', job: 'preflight/preflight', with: only });
    expect(step.outputs).toMatchObject({ errors: '0', 'not-done': '0' });
  });

  it('refuses a group that there is not', async () => {
    await using lab = await Laboratory.open();
    const only = { only: 'netwerk' };
    const step = await lab.step({ action: 'validate-network', job: 'preflight/preflight', with: only });
    expect(step.log).toContain('Groups: ');
    expect(step.code).toBe(1);
  });
});

describe('build-image', () => {
  const what = (given: Readonly<Record<string, string>>) => ({
    ...{ action: 'build-image', job: 'images/what', with: { step: 'what', ...given } },
  });

  it('has nothing to do where no grid names a folder with a Dockerfile', async () => {
    await using lab = await Laboratory.open();
    const step = await lab.good(what({}));
    expect(step.outputs).toMatchObject({ missing: '[]', members: '[]' });
  });

  it.each([
    [{ step: 'everything' }, 'one of what, member, join and all'],
    [{ images: 'nothing' }, 'there is no folder docker/nothing'],
    [{ step: 'member', image: 'toy' }, 'input architecture'],
    [{ step: 'join' }, 'input image'],
  ])('refuses %o', async (given, says) => {
    await using lab = await Laboratory.open();
    const step = await lab.step(what(given));
    expect(step.code).toBe(1);
    expect(step.log).toContain(says);
  });
});

describe('poll-ensembles', () => {
  it('goes on from a pilot, and leaves the publication to another job', async () => {
    await using lab = await Laboratory.open();
    const run = await lab.launch(grid.replace('on: commit', 'on: commit, pilot: 2'));
    expect(await lab.watchUntilEnded()).toEqual([run]);
    expect(await lab.review()).toMatchObject({ draft: true });
    const step = await lab.good({ action: 'publish-results', job: 'watch/publish', with: { run } });
    expect(step.outputs).toMatchObject({ succeeded: '12', complete: 'true' });
  });

  it('looks at the other runs when one cannot be looked at, and fails at its end', async () => {
    await using lab = await Laboratory.open();
    const run = await lab.launch(grid);
    const bucket = lab.aws.s3.shelf('lab').objects;
    const [state] = [...bucket].filter(([key]) => key.endsWith(`${run}/state.json`));
    if (state === undefined) throw new Error('no state');
    for (const name of ['active/broken-000000000000', 'runs/broken-000000000000/state.json']) {
      bucket.set(`ensembles/${name}`, { ...state[1], bytes: Buffer.from('{}') });
    }
    const step = await lab.step({ action: 'poll-ensembles', job: 'watch/look' });
    expect(step.code).toBe(1);
    expect(step.outputs.failed).toBe('1');
    expect(JSON.parse(step.outputs.states ?? '')).toMatchObject([{ run }]);
    lab.aws.s3.shelf('lab').objects.delete('ensembles/active/broken-000000000000');
    await lab.watchUntilEnded();
  });
});

describe('any step', () => {
  it('ends soon after the workflow is cancelled, and the next one completes it', async () => {
    await using lab = await Laboratory.open();
    await lab.good({ action: 'submit-ensemble', job: 'launch/submit' });
    await lab.push({ 'grids/toy.yaml': grid });
    const { outputs } = await lab.good({ action: 'plan-grid', job: 'launch/what' });
    const request = { action: 'submit-ensemble', job: 'launch/submit', with: { plans: outputs.open ?? '' } };
    lab.github.delay(/POST \/git\/trees/, 8_000);
    const asked = Promise.withResolvers<void>();
    lab.github.watch(({ path }) => void (path.endsWith('/git/trees') && asked.resolve()));
    const step = await lab.start(request);
    await asked.promise;
    step.child.kill('SIGINT');
    const { code, log } = await step.ended;
    expect(code, log).toBe(130);
    expect(log).toContain('Nothing is lost');
    await lab.watchUntilEnded();
    expect(await lab.review()).toMatchObject({ draft: true });
  });

  it('says what to do outside of a runner', async () => {
    const step = await startStep({ action: 'poll-ensembles', workspace: process.cwd() }).ended;
    expect(step.code).toBe(1);
    expect(step.log).toContain('GITHUB_REPOSITORY');
  });

  it('refuses a checkout whose slices run on the machine that starts them', async () => {
    await using lab = await Laboratory.open({ musterYaml: '{}\n' });
    const step = await lab.step({ action: 'poll-ensembles', job: 'watch/look' });
    expect(step.code).toBe(1);
    expect(step.log).toContain('engine: aws-batch');
  });

  it('prints what a program wrote without taking it for a command', async () => {
    await using lab = await Laboratory.open();
    const said = ['::error::stolen', '##[error]stolen', '@everyone', '<img src=x>', '```', '</details>'];
    lab.aws.place.program('toy', `${said.map((line) => `echo '${line}' >&2`).join('\n')}\nexit 3\n`);
    const run = await lab.launch(grid);
    const steps = [];
    for (let look = 0; look < 60; look += 1) {
      const step = await lab.good({ action: 'poll-ensembles', job: 'watch/look' });
      steps.push(step);
      if (step.outputs.ended !== '[]') break;
    }
    steps.push(await lab.good({ action: 'publish-results', job: 'watch/publish', with: { run } }));
    const commands = steps.flatMap((step) => step.commands).map(({ message }) => message);
    expect(commands.filter((message) => message.includes('stolen'))).toEqual([]);
    const body = (await lab.review())?.body ?? '';
    expect(body).toContain('stolen');
    // Outside of fences and code nothing of it is left.
    const plain = body.replace(/^(`{3,})[\s\S]*?^\1$/gm, '').replace(/`[^`\n]*`/g, '');
    expect(plain).not.toMatch(/@everyone|<img src=x>/);
  });
});
