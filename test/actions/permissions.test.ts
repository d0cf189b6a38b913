import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyGrid } from '../cli/place.ts';
import { Laboratory, permissionsOf, roleArn } from './laboratory.ts';
import type { Step } from './runner.ts';

/** A job whose block lacks a line: the step says which, and the next one with the whole block goes through. */
describe('without a permission of its block', () => {
  let lab: Laboratory;
  let plans = '[]';
  let run = '';
  let pull: { number: number; event: object };
  const submit = (without?: string) =>
    lab.step({
      ...{ action: 'submit-ensemble', job: 'launch/submit', with: { plans, 'role-arn': roleArn('LAUNCH') } },
      ...(without !== undefined && { without }),
    });
  const failed = (step: Step) => {
    const told = step.commands.filter(({ name }) => name === 'error').map(({ message }) => message);
    expect(step.code, step.log).toBe(1);
    return told.join('\n');
  };

  beforeAll(async () => {
    const changed = `${toyGrid}launch: { on: commit }\n`;
    lab = await Laboratory.open();
    await lab.good({ action: 'submit-ensemble', job: 'launch/submit' });
    await lab.push({ 'grids/toy.yaml': changed }, 'change');
    pull = await lab.pullRequest('change');
    await lab.push({ 'grids/toy.yaml': changed });
    lab.break(3);
    const { outputs } = await lab.good({ action: 'plan-grid', job: 'launch/what' });
    plans = outputs.open ?? '';
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it.each(['id-token', 'pull-requests'])('a plan names `%s`', async (without) => {
    const step = await lab.step({ action: 'plan-grid', job: 'plan/plan', event: pull.event, without });
    expect(failed(step)).toContain(`${without}: `);
  });

  it.each(['id-token', 'actions', 'contents', 'pull-requests', 'statuses'])(
    'a launch names `%s`, and is completed by the next',
    async (without) => {
      expect(failed(await submit(without))).toContain(`${without}: `);
    },
  );

  it('a launch with all of them is one run', async () => {
    const step = await submit();
    const [one] = JSON.parse(step.outputs.runs ?? '[]');
    run = one.run;
    expect(step.code, step.log).toBe(0);
    expect(await lab.review()).toMatchObject({ draft: true });
  });

  it('a look at the runs names `id-token`', async () => {
    const step = await lab.step({ action: 'poll-ensembles', job: 'watch/look', without: 'id-token' });
    expect(failed(step)).toContain('id-token: ');
    await lab.watchUntilEnded();
  });

  it.each(['id-token', 'contents', 'pull-requests', 'statuses'])(
    'a publication names `%s`, and is completed by the next',
    async (without) => {
      const request = { action: 'publish-results', job: 'watch/publish', with: { run } };
      expect(failed(await lab.step({ ...request, without }))).toContain(`${without}: `);
    },
  );

  it('a publication with all of them is whole', async () => {
    const step = await lab.good({ action: 'publish-results', job: 'watch/publish', with: { run } });
    expect(step.outputs).toMatchObject({ outcome: 'published', succeeded: '10' });
    expect(await lab.review()).toMatchObject({ draft: false });
  });

  it.each(['id-token', 'actions'])('a rerun names `%s`', async (without) => {
    const step = await lab.step({
      ...{ action: 'rerun-ensemble', job: 'rerun/rerun', without },
      with: { run, 'role-arn': roleArn('LAUNCH') },
    });
    expect(failed(step)).toContain(`${without}: `);
  });

  it('knows every permission of the blocks', () => {
    expect(Object.keys(permissionsOf('launch', 'submit')).sort()).toEqual([
      'actions',
      'contents',
      'id-token',
      'pull-requests',
      'statuses',
    ]);
  });
});
