import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approvalOf } from '../../src/action/approval.ts';
import { musterYaml } from '../cli/aws-place.ts';
import { toyGrid } from '../cli/place.ts';
import { Laboratory } from './laboratory.ts';
import type { Step } from './runner.ts';

const grid = `${toyGrid}launch: { on: commit }\n`;
/** Everything costs more than this. */
const careful = `${musterYaml}money: { approval_above_usd: 0.000000001 }\n`;

const errorsOf = (step: Step) =>
  step.commands
    .filter(({ name }) => name === 'error')
    .map(({ message }) => message)
    .join('\n');

it.each([
  [{ aboveThreshold: false, reviewers: 0, typed: false }, 'open'],
  [{ aboveThreshold: false, reviewers: 1, typed: false }, 'open'],
  [{ aboveThreshold: true, reviewers: 1, typed: false }, 'gated'],
  // Where somebody can be asked, typing is no way around them.
  [{ aboveThreshold: true, reviewers: 1, typed: true }, 'gated'],
  [{ aboveThreshold: true, reviewers: 0, typed: false }, 'held'],
  [{ aboveThreshold: true, reviewers: 0, typed: true }, 'open'],
] as const)('%o needs %s', (asked, needs) => {
  expect(approvalOf(asked)).toBe(needs);
});

describe('above the threshold, where the environment asks somebody', () => {
  let lab: Laboratory;
  let gated = '[]';
  beforeAll(async () => {
    const environments = { spend: { reviewers: ['ada'] }, launch: {}, watch: {}, images: {} };
    lab = await Laboratory.open({ github: { environments }, musterYaml: careful });
    await lab.good({ action: 'submit-ensemble', job: 'launch/submit' });
    await lab.push({ 'grids/toy.yaml': grid });
  });
  afterAll(() => lab[Symbol.asyncDispose]());
  const submit = (given: Readonly<Record<string, string>>) =>
    lab.step({ action: 'submit-ensemble', job: 'launch/submit-approved', with: { plans: gated, ...given } });
  const runsOf = (step: Step) => JSON.parse(step.outputs.runs ?? '[]');

  it('a plan waits for them', async () => {
    const { outputs } = await lab.good({ action: 'plan-grid', job: 'launch/what' });
    gated = outputs.gated ?? '';
    expect([outputs.open, outputs.held]).toEqual(['[]', '[]']);
    expect(JSON.parse(gated)).toMatchObject([{ path: 'grids/toy.yaml', approval: 'gated' }]);
  });

  it('is held by a job that nobody approved', async () => {
    const step = await submit({});
    expect(runsOf(step)).toMatchObject([{ outcome: 'held' }]);
    expect(lab.aws.batch.jobIds).toEqual([]);
  });

  it('is refused by a job whose environment asks nobody', async () => {
    const step = await submit({ approved: 'true', environment: 'launch' });
    expect(errorsOf(step)).toContain('the environment `launch` asks nobody');
    expect(lab.aws.batch.jobIds).toEqual([]);
  });

  it('is refused when it is not what was agreed to', async () => {
    const other = gated.replace(/"digest":"[0-9a-f]{8}/, '"digest":"00000000');
    const step = await submit({ approved: 'true', plans: other });
    expect(runsOf(step)).toMatchObject([{ outcome: 'refused' }]);
    expect(step.code).toBe(1);
    expect(lab.aws.batch.jobIds).toEqual([]);
  });

  it('is left to the launch of a newer commit', async () => {
    await lab.github.seed({ 'grids/toy.yaml': `${grid}# newer\n` });
    const step = await submit({ approved: 'true' });
    expect(runsOf(step)).toMatchObject([{ outcome: 'superseded' }]);
    expect(lab.aws.batch.jobIds).toEqual([]);
    await lab.github.seed({ 'grids/toy.yaml': grid });
  });

  it('is launched once they agreed', async () => {
    const step = await submit({ approved: 'true' });
    expect(runsOf(step), step.log).toMatchObject([{ outcome: 'launched' }]);
    expect(step.outputs.began).toBe('true');
    await lab.watchUntilEnded();
  });

  it('says that it has begun before anything can fail', async () => {
    const step = await submit({ plans: 'nonsense', approved: 'maybe' });
    expect(step.code).toBe(1);
    expect(step.outputs.began).toBe('true');
  });
});

describe('above the threshold, where nobody can be asked', () => {
  let lab: Laboratory;
  let run = '';
  beforeAll(async () => {
    lab = await Laboratory.open({ musterYaml: careful });
    await lab.good({ action: 'submit-ensemble', job: 'launch/submit' });
    await lab.push({ 'grids/toy.yaml': grid });
  });
  afterAll(() => lab[Symbol.asyncDispose]());
  const plan = (given: Readonly<Record<string, string>>) =>
    lab.good({ action: 'plan-grid', job: 'launch/what', with: given });

  it('a plan is held, and its summary says what to type', async () => {
    const { outputs, summary } = await plan({});
    const [held] = JSON.parse(outputs.held ?? '[]');
    expect(held).toMatchObject({ approval: 'held', approvedUsd: null });
    run = held.run;
    expect(summary).toContain('agree');
  });

  it.each([
    ['another run', () => ({ 'approve-run': 'toy-000000000000', 'approve-usd': '5' })],
    ['no run', () => ({ 'approve-usd': '5' })],
    ['no amount', () => ({ 'approve-run': run })],
    ['too little', () => ({ 'approve-run': run, 'approve-usd': '0.0001' })],
  ])('stays held with %s typed', async (_, given) => {
    const { outputs } = await plan(given());
    expect(outputs.open).toBe('[]');
  });

  it('is open with its run and the amount typed, and is launched', async () => {
    const { outputs } = await plan({ 'approve-run': run, 'approve-usd': '5' });
    const plans = outputs.open ?? '';
    expect(JSON.parse(plans)).toMatchObject([{ run, approvedUsd: 5 }]);
    const step = await lab.good({ action: 'submit-ensemble', job: 'launch/submit', with: { plans } });
    expect(JSON.parse(step.outputs.runs ?? '')).toMatchObject([{ run, outcome: 'launched' }]);
  });

  it('a rerun is held, too, until the whole id and an amount are typed', async () => {
    lab.break(3);
    await lab.watchUntilEnded();
    const rerun = (given: Readonly<Record<string, string>>) =>
      lab.step({ action: 'rerun-ensemble', job: 'rerun/rerun', with: { select: 'all', ...given } });
    expect((await rerun({ run, 'dry-run': 'true' })).outputs.approval).toBe('held');
    expect(errorsOf(await rerun({ run }))).toContain('approve-usd');
    expect(errorsOf(await rerun({ run: 'toy', 'approve-usd': '5' }))).toContain('the whole id');
    expect((await rerun({ run, 'approve-usd': '5' })).outputs.outcome).toBe('opened');
    await lab.watchUntilEnded();
  });
});

describe('plans that reviewers rejected', () => {
  it('are recorded, and nobody is asked again', async () => {
    const environments = { spend: { reviewers: ['ada'] }, launch: {}, watch: {}, images: {} };
    await using lab = await Laboratory.open({ github: { environments }, musterYaml: careful });
    await lab.good({ action: 'submit-ensemble', job: 'launch/submit' });
    await lab.push({ 'grids/toy.yaml': grid });
    const plans = (await lab.good({ action: 'plan-grid', job: 'launch/what' })).outputs.gated ?? '';
    const rejected = { plans, rejected: 'true' };
    const step = await lab.good({ action: 'submit-ensemble', job: 'launch/rejected', with: rejected });
    expect(JSON.parse(step.outputs.runs ?? '')).toMatchObject([{ outcome: 'refused' }]);
    const again = await lab.good({ action: 'plan-grid', job: 'launch/what' });
    expect([again.outputs.gated, again.outputs.undecided]).toEqual(['[]', '0']);
    expect(lab.aws.batch.jobIds).toEqual([]);
  });
});

describe('while nobody watches', () => {
  it.each([
    ['disabled_inactivity', 'its state is disabled_inactivity'],
    ['disabled_manually', 'its state is disabled_manually'],
  ])('nothing is launched (%s)', async (state, says) => {
    await using lab = await Laboratory.open({ github: { workflowStates: { 'watch.yml': state } } });
    await lab.good({ action: 'submit-ensemble', job: 'launch/submit' });
    await lab.push({ 'grids/toy.yaml': grid });
    const plans = (await lab.good({ action: 'plan-grid', job: 'launch/what' })).outputs.open ?? '';
    const step = await lab.step({ action: 'submit-ensemble', job: 'launch/submit', with: { plans } });
    expect(step.code).toBe(1);
    expect(errorsOf(step)).toContain(says);
    expect(lab.aws.keys.filter((key) => key.startsWith('runs/'))).toEqual([]);
  });
});
