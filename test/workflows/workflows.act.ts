import { describe, expect, it } from 'vitest';
import { type Call, runScripted, type Script, sequence } from './act/scripted.ts';

/** What the actions are told to answer, in short. */
const plan = (lists: Partial<Record<'open' | 'gated' | 'held' | 'images' | 'undecided', string>>) => [
  { plans: '["p"]', open: '[]', gated: '[]', held: '[]', images: '[]', undecided: '0', ...lists },
];
const push = { name: 'push', payload: { ref: 'refs/heads/main' } } as const;
const dispatch = (inputs: Readonly<Record<string, string | boolean>>) =>
  ({ name: 'workflow_dispatch', inputs }) as const;

const inputsOf = (calls: readonly Call[], job: string) => calls.find((call) => call.job === job)?.inputs;

describe('plan', () => {
  const pull = { name: 'pull_request', payload: { pull_request: { number: 7 } } } as const;

  it('plans what the pull request changes, by the role that only reads', async () => {
    const ran = await runScripted('plan', pull, {});
    expect(ran.calls).toEqual([
      {
        ...{ action: 'plan-grid', job: 'plan' },
        inputs: {
          ...{ comment: 'true', directory: '.', environment: 'spend' },
          ...{ region: 'us-east-1', 'role-arn': 'arn:aws:iam::123456789012:role/PLAN' },
        },
      },
    ]);
  });

  it('plans without a role where none is set up', async () => {
    const { calls } = await runScripted('plan', pull, {}, {});
    expect(inputsOf(calls, 'plan')).toEqual({ comment: 'true', directory: '.', environment: 'spend' });
  });
});

describe('launch', () => {
  const launch = (script: Script) => runScripted('launch', push, script);

  it('stops after the plan when all is decided', async () => {
    const ran = await launch({ 'plan-grid': plan({}) });
    expect([sequence(ran), ran.code]).toEqual([['what: plan-grid'], 0]);
  });

  it('records decisions when nothing is to be launched', async () => {
    const ran = await launch({ 'plan-grid': plan({ undecided: '3' }) });
    expect(sequence(ran)).toEqual(['what: plan-grid', 'submit: submit-ensemble']);
    expect(inputsOf(ran.calls, 'submit')).toMatchObject({ plans: '[]', approved: 'false' });
  });

  it('submits what needs no approval after a preflight of all plans', async () => {
    const ran = await launch({ 'plan-grid': plan({ open: '["o"]', undecided: '1' }) });
    expect(sequence(ran)).toEqual([
      'what: plan-grid',
      'preflight: validate-network',
      'submit: submit-ensemble',
    ]);
    expect(inputsOf(ran.calls, 'preflight')).toMatchObject({
      grids: '["p"]',
      'role-arn': 'arn:aws:iam::123456789012:role/LAUNCH',
    });
    expect(inputsOf(ran.calls, 'submit')).toMatchObject({ plans: '["o"]', approved: 'false' });
  });

  it('builds what is missing first: each architecture, then the index', async () => {
    const members = [
      { image: 'toy', architecture: 'amd64' },
      { image: 'toy', architecture: 'arm64' },
    ];
    const ran = await launch({
      'plan-grid': plan({ open: '["o"]', images: '["toy"]', undecided: '1' }),
      'build-image': [{ missing: '["toy"]', members: JSON.stringify(members) }, {}],
    });
    const built = ran.calls
      .filter(({ action }) => action === 'build-image')
      .map(({ inputs: { step, images, image, architecture } }) => [step, images ?? image, architecture]);
    // Of a matrix, nobody says which comes first.
    expect([built[0], ...built.slice(1, 3).sort(), ...built.slice(3)]).toEqual([
      ['what', '["toy"]', undefined],
      ['member', 'toy', 'amd64'],
      ['member', 'toy', 'arm64'],
      ['join', 'toy', undefined],
    ]);
    expect(sequence(ran).slice(-2)).toEqual(['preflight: validate-network', 'submit: submit-ensemble']);
  });

  it('submits nothing when an image cannot be built', async () => {
    const ran = await launch({
      'plan-grid': plan({ open: '["o"]', images: '["toy"]', undecided: '1' }),
      'build-image': [{ fails: 'yes' }],
    });
    expect([sequence(ran), ran.code]).toEqual([['what: plan-grid', 'what: build-image'], 1]);
  });

  it('submits nothing when the preflight finds an error', async () => {
    const ran = await launch({
      'plan-grid': plan({ open: '["o"]', gated: '["g"]', undecided: '2' }),
      'validate-network': [{ errors: '1', fails: 'yes' }],
    });
    expect([sequence(ran), ran.code]).toEqual([['what: plan-grid', 'preflight: validate-network'], 1]);
  });

  it('hands what people agree to only to the job that asks them', async () => {
    const ran = await launch({ 'plan-grid': plan({ open: '["o"]', gated: '["g"]', undecided: '2' }) });
    expect(inputsOf(ran.calls, 'submit')).toMatchObject({ plans: '["o"]', approved: 'false' });
    expect(inputsOf(ran.calls, 'submit-approved')).toMatchObject({
      ...{
        plans: '["g"]',
        approved: 'true',
        environment: 'spend',
        'role-arn': 'arn:aws:iam::123456789012:role/LAUNCH',
      },
    });
  });

  it('records as refused what reviewers rejected: their job fails and never begins', async () => {
    const ran = await launch({
      'plan-grid': plan({ gated: '["g"]' }),
      'submit-ensemble': [{ fails: 'yes' }, {}],
    });
    expect(sequence(ran).slice(-1)).toEqual(['rejected: submit-ensemble']);
    expect(inputsOf(ran.calls, 'rejected')).toMatchObject({ plans: '["g"]', rejected: 'true' });
  });

  it('takes a submission that failed for no rejection', async () => {
    const ran = await launch({
      'plan-grid': plan({ gated: '["g"]' }),
      'submit-ensemble': [{ began: 'true', fails: 'yes' }],
    });
    expect(sequence(ran).slice(-1)).toEqual(['submit-approved: submit-ensemble']);
  });

  it('leaves what nobody can agree to where it is', async () => {
    const ran = await launch({ 'plan-grid': plan({ held: '["h"]', undecided: '0' }) });
    expect(sequence(ran)).toEqual(['what: plan-grid']);
  });

  it('hands on what somebody typed', async () => {
    const typed = { grid: 'demo', 'approve-run': 'demo-0123456789ab', 'approve-usd': '75', alongside: true };
    const ran = await runScripted('launch', dispatch(typed), { 'plan-grid': plan({ open: '["o"]' }) });
    expect(inputsOf(ran.calls, 'what')).toMatchObject({
      ...{ grids: 'demo', comment: 'false', 'approve-run': 'demo-0123456789ab', 'approve-usd': '75' },
    });
    expect(inputsOf(ran.calls, 'submit')).toMatchObject({ plans: '["o"]', alongside: 'true' });
  });

  it('plans what is undecided when nobody names a grid', async () => {
    const ran = await launch({ 'plan-grid': plan({}) });
    expect(inputsOf(ran.calls, 'what')).toMatchObject({ grids: 'undecided' });
  });

  it('does nothing in a repository that is not set up', async () => {
    const ran = await runScripted('launch', push, {}, {});
    expect([ran.calls, ran.code]).toEqual([[], 0]);
  });
});

describe('watch', () => {
  const tick = { name: 'schedule', payload: { schedule: '3-59/10 * * * *' } } as const;

  it('publishes nothing while nothing has ended', async () => {
    const ran = await runScripted('watch', tick, { 'poll-ensembles': [{ ended: '[]' }] });
    expect([sequence(ran), ran.code]).toEqual([['look: poll-ensembles'], 0]);
  });

  it('publishes each run that has ended', async () => {
    const ran = await runScripted('watch', tick, { 'poll-ensembles': [{ ended: '["a-1","b-2"]' }] });
    const published = ran.calls.filter(({ action }) => action === 'publish-results');
    expect(published.map(({ inputs }) => inputs.run).sort()).toEqual(['a-1', 'b-2']);
  });

  it('publishes what has ended also when another run could not be looked at, and fails', async () => {
    const ran = await runScripted('watch', tick, { 'poll-ensembles': [{ ended: '["a-1"]', fails: 'yes' }] });
    expect([sequence(ran), ran.code]).toEqual([['look: poll-ensembles', 'publish: publish-results'], 1]);
  });

  it('publishes nothing when the look ended before it knew', async () => {
    const ran = await runScripted('watch', tick, { 'poll-ensembles': [{ fails: 'yes' }] });
    expect([sequence(ran), ran.code]).toEqual([['look: poll-ensembles'], 1]);
  });

  it('looks at the run that somebody names', async () => {
    const ran = await runScripted('watch', dispatch({ run: 'demo' }), {
      'poll-ensembles': [{ ended: '[]' }],
    });
    expect(inputsOf(ran.calls, 'look')).toMatchObject({
      run: 'demo',
      'role-arn': 'arn:aws:iam::123456789012:role/WATCH',
    });
  });

  it('does nothing in a repository that is not set up', async () => {
    const { calls } = await runScripted('watch', tick, {}, {});
    // Not the exit code: act takes the output of a job that was skipped for its expression, and stumbles over the matrix.
    expect(calls).toEqual([]);
  });
});

describe('rerun', () => {
  const looked = { run: 'demo-0123456789ab', digest: 'd', usd: '12.5' };
  const asked = { run: 'demo', select: 'alpha > 1', memory: '6 GiB', vcpus: '2', 'dry-run': false };
  const rerun = (approval: string, inputs: Readonly<Record<string, string | boolean>> = asked) =>
    runScripted('rerun', dispatch(inputs), { 'rerun-ensemble': [{ ...looked, approval }] });

  it('first says what it would cost, by the role that only reads', async () => {
    const { calls } = await rerun('none');
    expect(calls).toHaveLength(1);
    expect(inputsOf(calls, 'look')).toMatchObject({
      'dry-run': 'true',
      run: 'demo',
      'role-arn': 'arn:aws:iam::123456789012:role/PLAN',
    });
  });

  it('opens exactly the round that was looked at, with the same overrides', async () => {
    const { calls } = await rerun('open');
    expect(inputsOf(calls, 'rerun')).toEqual({
      ...inputsOf(calls, 'look'),
      ...{ 'dry-run': 'false', run: 'demo-0123456789ab', digest: 'd' },
      ...{ approved: 'false', 'agreed-usd': '12.5', 'role-arn': 'arn:aws:iam::123456789012:role/LAUNCH' },
    });
    expect(inputsOf(calls, 'rerun')).toMatchObject({ select: 'alpha > 1', memory: '6 GiB', vcpus: '2' });
  });

  it('says that people agreed only where they were asked', async () => {
    const { calls } = await rerun('gated');
    expect(inputsOf(calls, 'rerun')).toMatchObject({ approved: 'true', 'agreed-usd': '12.5' });
  });

  it('lets the action refuse what nobody can agree to', async () => {
    const { calls } = await rerun('held');
    expect(inputsOf(calls, 'rerun')).toMatchObject({ approved: 'false' });
  });

  it('opens nothing when only asked what it would cost', async () => {
    const ran = await rerun('open', { ...asked, 'dry-run': true });
    expect(sequence(ran)).toEqual(['look: rerun-ensemble']);
  });
});

describe('cancel', () => {
  it('hands on what was typed, by the role that watches', async () => {
    const typed = { run: 'demo-0123456789ab', reason: '"; echo $(id) | `id`' };
    const { calls } = await runScripted('cancel', dispatch(typed), {});
    expect(inputsOf(calls, 'cancel')).toMatchObject({
      ...typed,
      'role-arn': 'arn:aws:iam::123456789012:role/WATCH',
    });
  });
});
