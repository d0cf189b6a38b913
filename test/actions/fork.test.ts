import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyGrid } from '../cli/place.ts';
import { Laboratory } from './laboratory.ts';
import type { Step } from './runner.ts';

const grid = `${toyGrid}launch: { on: commit }\n`;

/** What people wrote, in every place where text of theirs is shown. */
const hostile = [
  '::set-output name=run::stolen',
  '::add-mask::a',
  '::error::not ours',
  '::stop-commands::guessed',
  '##[error]not ours',
  '@everyone',
  '#1',
  '<img src=x onerror=alert(1)>',
  '</details>',
  '| a | b |',
  '```',
  '%0A::error::not ours',
  '[here](javascript:alert(1))',
  '<!-- muster:end -->',
];

const named = (step: Step, name: string) => step.commands.filter((command) => command.name === name);

describe('a pull request of a fork', () => {
  let lab: Laboratory;
  let pull: { number: number; event: object };
  beforeAll(async () => {
    lab = await Laboratory.open();
    await lab.push({ 'grids/toy.yaml': grid }, 'from-fork');
    pull = await lab.pullRequest('from-fork', 'stranger/grids');
  });
  afterAll(() => lab[Symbol.asyncDispose]());
  /** A read-only token, and none for the cloud (GH 4.1). */
  const readOnly = { actions: 'read', contents: 'read', 'pull-requests': 'read' } as const;
  const plan = () =>
    lab.step({ action: 'plan-grid', job: 'plan/plan', event: pull.event, permissions: readOnly });

  it('is planned without credentials, and says what is then unknown', async () => {
    const step = await plan();
    expect(step.code, step.log).toBe(0);
    expect(step.summary).toContain('12 combinations');
    expect(step.summary).toContain('this job has no credentials');
    expect(JSON.parse(step.outputs.plans ?? '')).toMatchObject([{ combinations: 12, reused: null }]);
  });

  it('gets no comment, and a notice that says where the plan is', async () => {
    const step = await plan();
    expect(await lab.github.comments(pull.number)).toEqual([]);
    expect(
      named(step, 'notice')
        .map(({ message }) => message)
        .join(),
    ).toContain('summary');
    expect(step.outputs.comment).toBe('');
  });

  it('assumes no role', async () => {
    await plan();
    expect(lab.identity.assumed).toEqual([]);
  });

  it('finds no credentials in the environment of the runner, either', async () => {
    const environment = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
    const step = await lab.step({
      ...{ action: 'plan-grid', job: 'plan/plan', event: pull.event, permissions: readOnly, environment },
    });
    expect(JSON.parse(step.outputs.plans ?? '')).toMatchObject([{ reused: null }]);
  });
});

describe('a hostile grid', () => {
  let lab: Laboratory;
  let step: Step;
  let comment = '';
  beforeAll(async () => {
    lab = await Laboratory.open();
    const values = hostile.map((text) => JSON.stringify(text)).join(', ');
    const text = grid
      .replace('side: [left, right]', `side: [${values}]`)
      .replace('label: "n{n}_{side}"\n', '')
      .replace('description: Twice a number', `description: ${JSON.stringify(hostile.join(' '))}`);
    await lab.push({ 'grids/toy.yaml': text }, 'hostile-@everyone-<img>');
    const { number, event } = await lab.pullRequest('hostile-@everyone-<img>');
    step = await lab.good({ action: 'plan-grid', job: 'plan/plan', event });
    comment = (await lab.github.comments(number))[0]?.body ?? '';
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('is planned', () => {
    expect(JSON.parse(step.outputs.plans ?? '')).toMatchObject([{ combinations: 6 * hostile.length }]);
  });

  it('commands the runner nothing', () => {
    const known = ['add-mask', 'debug', 'notice'];
    expect(step.commands.filter(({ name }) => !known.includes(name))).toEqual([]);
    expect(named(step, 'add-mask').map(({ message }) => message)).not.toContain('a');
  });

  it('sets no output', () => {
    expect(step.outputs.run).toBeUndefined();
  });

  it('mentions nobody, links nowhere and keeps the page whole', () => {
    // Inside code nothing works.
    const plain = comment.replace(/(`+)[\s\S]*?[^`]\1(?!`)/g, '');
    expect(plain).not.toMatch(/@everyone|(^|\s)#1\b|<img|onerror=alert\(1\)>|javascript:alert\(1\)\)/);
    expect(plain.match(/<details>/g)?.length).toBe(plain.match(/<\/details>/g)?.length);
    expect(comment.match(/<!-- muster:/g)).toHaveLength(1);
  });
});

describe('a grid that cannot be read', () => {
  it('stands on its line, on the pull request', async () => {
    await using lab = await Laboratory.open();
    const broken = grid
      .replace('n: [1, 2, 3, 4, 5, 6]', 'n: [1, 2, ::error::]')
      .replace('vcpus: 1', 'vcpus: many');
    await lab.push({ 'grids/toy.yaml': broken }, 'broken');
    const { number, event } = await lab.pullRequest('broken');
    const step = await lab.step({ action: 'plan-grid', job: 'plan/plan', event });
    const errors = named(step, 'error').filter(({ properties }) => properties.file !== undefined);
    expect(step.code).toBe(1);
    expect(errors[0]?.properties).toMatchObject({
      file: 'grids/toy.yaml',
      line: expect.stringMatching(/^\d+$/),
    });
    expect((await lab.github.comments(number))[0]?.body).toContain('cannot be read');
  });

  it('shows ten errors at most, and counts the others', async () => {
    await using lab = await Laboratory.open();
    const wrong = Array.from({ length: 30 }, (_, index) => `unknown_${index}: 1\n`).join('');
    await lab.push({ 'grids/toy.yaml': grid + wrong }, 'broken');
    const { event } = await lab.pullRequest('broken');
    const step = await lab.step({ action: 'plan-grid', job: 'plan/plan', event });
    expect(named(step, 'error')).toHaveLength(10);
    expect(
      named(step, 'error')
        .map(({ message }) => message)
        .join(),
    ).toMatch(/\d+ more errors/);
  });
});
