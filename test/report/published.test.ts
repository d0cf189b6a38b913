import { describe, expect, test } from 'vitest';
import type { ResourceClass } from '../../src/plan/plan.ts';
import { compareRuns } from '../../src/report/compare.ts';
import { findings } from '../../src/report/findings.ts';
import { type Published, publishedBody, resultsReadme } from '../../src/report/published.ts';
import { type RunFacts, runFacts } from '../../src/report/run-facts.ts';
import { type Summary, summarise } from '../../src/report/summary.ts';
import { verdict } from '../../src/report/verdict.ts';
import { axesOf, ensemble, type Recipe } from './ensemble.ts';

const axes = { alpha: [0.1, 0.5, 1], lambda: [0.1, 0.5] };
const state: NonNullable<Recipe['state']> = (_, index) =>
  index === 5 ? 'failed' : index === 4 ? 'missing' : 'succeeded';
const results: NonNullable<Recipe['results']> = ({ alpha }) => ({ dco: Number(alpha) * 100 });
const whole = { budgetUsd: 60, stopped: null };

async function summaryOf(recipe: Recipe = { state, results }): Promise<Summary> {
  return await summarise(ensemble(axes, recipe), { run: 'demo-1', axes: axesOf(axes), results: ['dco'] });
}

const resourceClass: ResourceClass = {
  class: 0,
  resources: { vcpus: 4, memoryMib: 7168, gpus: 0, architecture: 'arm64', capacity: 'spot', ulimits: {} },
  queue: 'main',
  image: 'compas',
  timeoutSeconds: 14_400,
};

async function published(change: Partial<Published> = {}, recipe?: Recipe): Promise<Published> {
  const summary = await summaryOf(recipe);
  return {
    grid: 'demo',
    summary,
    facts: runFacts(summary, {
      command: ['run', ['--alpha', '{alpha}']],
      images: { compas: 'a'.repeat(64) },
    }),
    figures: [
      { name: 'map.svg', title: 'Of 6, 1 failed', alt: 'A map.' },
      { name: 'time.svg', title: 'Half took 2 min', alt: 'Times.' },
    ],
    classes: [resourceClass],
    outputs: [{ path: 'out/Output.h5' }],
    estimate: { usd: { low: 1, high: 3 }, hours: { low: 1, high: 2 }, ceilingUsd: 40 },
    budgetUsd: 60,
    stopped: null,
    provenance: {
      repository: 'lab/grids',
      commit: 'c0ffee',
      actor: 'ada',
      engine: 'local',
      version: '0.1.0',
      source: { path: 'grids/demo.yaml', sha256: 'd'.repeat(64) },
      images: [{ name: 'compas', identity: 'a'.repeat(64) }],
      store: 'file:///store/runs/demo-1',
      rounds: 1,
      startedAt: '2026-03-01T10:00:00Z',
      endedAt: '2026-03-01T14:05:00Z',
    },
    ...change,
  };
}

const where = { figureUrl: (name: string) => `../raw/abc/${name}`, resultsPath: 'results/demo/demo-1' };

describe('the verdict', () => {
  test('counts, names failures, money and versions', async () => {
    expect(verdict(await summaryOf(), whole)).toBe(
      '4 of 6 verified; 1 failed (memory); 1 missing; $1.25 of $60; one version',
    );
  });

  test('of a perfect run has nothing to add', async () => {
    expect(verdict(await summaryOf({ results }), { budgetUsd: null, stopped: null })).toBe(
      '6 of 6 verified; $1.50; one version',
    );
  });

  test('drops the cents of larger sums', async () => {
    expect(verdict({ ...(await summaryOf({})), costUsd: 31.2 }, whole)).toBe(
      '6 of 6 verified; $31 of $60; one version',
    );
  });

  test('says which failures there were most of', async () => {
    const summary = await summaryOf({
      state: () => 'failed',
      change: (outcome, index) =>
        outcome.failure && index < 2
          ? { ...outcome, failure: { ...outcome.failure, class: 'timeout' } }
          : outcome,
    });
    expect(verdict(summary, whole)).toContain('6 failed (memory 4, timeout 2)');
  });

  test('says that versions are mixed', async () => {
    const change: Recipe['change'] = (outcome, index) =>
      outcome.source ? { ...outcome, source: { ...outcome.source, image: `img${index % 2}` } } : outcome;
    expect(verdict(await summaryOf({ change }), whole)).toContain('2 versions');
  });

  test('fits a commit status', async () => {
    const summary = await summaryOf();
    const many = {
      ...summary,
      states: { succeeded: 1e9, failed: 1e9, missing: 1e9 },
      combinations: 3e9,
      costUsd: 1e9,
    };
    const text = verdict(
      { ...many, reused: new Map([['x', 1e9]]) },
      { budgetUsd: 1e9, stopped: { by: 'a', why: 'b', at: '' } },
    );
    expect(text.length).toBeLessThanOrEqual(140);
  });
});

describe('the published review', () => {
  test('reads as it should', async () => {
    expect(publishedBody(await published(), where)).toMatchInlineSnapshot(`
      "**4 of 6 verified; 1 failed (memory); 1 missing; $1.25 of $60; one version**

      Not complete: 1 failed and 1 missing. Run the rest, as below, or merge what there is into \`results/demo/demo-1/\`.

      - Everything that failed or is missing has \`alpha = 1\`.
      - Axis \`lambda\` changes no result (2 comparisons of combinations that differ in nothing else). Does the program read it?

      <img src="../raw/abc/map.svg" alt="A map.">

      ## Failed

      **1 x memory**: used 7005 MiB of 7168 MiB (exit 137)\\
      \`alpha=1_lambda=0.5\`

      <details><summary>What alpha=1_lambda=0.5 printed last</summary>

      \`\`\`text
      Killed
      \`\`\`

      </details>

      ## Missing

      - \`alpha=1_lambda=0.1\`

      ## Run the rest

      With \`--dry-run\` it only says what it would run and cost. What has succeeded is left alone.

      \`\`\`sh
      # run what failed
      muster rerun demo-1 --select failed
      # run what is missing
      muster rerun demo-1 --select missing
      \`\`\`

      ## Results

      | Result | Numbers | Minimum | Median | Maximum | Outliers |
      | --- | --: | --: | --: | --: | --: |
      | \`dco\` | 4 | 10 | 30 | 50 | 0 |

      <details><summary>Half took 2 min</summary>

      <img src="../raw/abc/time.svg" alt="Times.">

      </details>

      ## Time and money

      |  | Estimated | Actual |
      | --- | --: | --: |
      | Cost | $1.00 to $3.00 | $1.25 |
      | Budget |  | $60.00 |
      | Ceiling, had nobody watched | $40.00 |  |
      | From start to end | 1 h to 2 h | 4 h 5 min |
      | Program time |  | 16 min |
      | Per combination |  | 1 min to 4 min, median 2 min 30 s |
      | Peak memory |  | 2.6 GiB (\`alpha=0.1_lambda=0.1\`) |
      | Outputs |  | 0 files, 0 bytes |

      ## Waste

      - 0.9 of 4 CPUs busy: 1 vCPU with the same memory saves 75 % of the cost.

      ## Get the outputs

      \`\`\`sh
      # outputs, verified, into a readable tree; then only some of them
      muster fetch demo-1
      muster fetch demo-1 --only '*.h5'
      # sizes and checksums in the store
      muster verify demo-1
      \`\`\`

      <details><summary>Where it comes from</summary>

      |  |  |
      | --- | --- |
      | Run | \`demo-1\` |
      | Grid | \`grids/demo.yaml\`, SHA-256 \`dddddddddddd\` |
      | Repository | lab/grids at \`c0ffee\` |
      | Started by | ada |
      | Image | \`compas\`, content \`aaaaaaaaaaaa\` |
      | Engine | local, 2 hosts |
      | Muster | \`0.1.0\`, worker \`0.1.0\` |
      | Rounds | 1 |
      | Time | 2026-03-01 10:00 UTC to 2026-03-01 14:05 UTC |
      | Store | \`file:///store/runs/demo-1\` |

      </details>

      All figures, numbers and checksums: \`results/demo/demo-1/README.md\` in this review.
      "
    `);
  });

  test('of a stopped run says who stopped it and why', async () => {
    const stopped = { by: 'budget', why: 'the budget of $60.00 is reached', at: '2026-03-01T12:00:00Z' };
    expect(publishedBody(await published({ stopped }), where)).toContain(
      '**Partial**: stopped by budget at 2026-03-01 12:00 UTC: the budget of $60.00 is reached',
    );
  });

  test('of a stopped run says that its round needs a budget of its own', async () => {
    const stopped = { by: 'muster', why: 'the budget of $60.00 is reached', at: '2026-03-01T12:00:00Z' };
    expect(publishedBody(await published({ stopped }), where)).toContain('`budget-usd`');
    expect(publishedBody(await published(), where)).not.toContain('budget-usd');
  });

  test('of a complete run asks for nothing but the merge', async () => {
    const body = publishedBody(await published({}, { results }), where);
    expect(body).toContain('\n\nComplete. Merging keeps the results in `results/demo/demo-1/`.\n');
    expect(body).not.toContain('muster rerun');
  });

  test('with endless failures stays within what a review can hold', async () => {
    const tail = 'a line of output\n'.repeat(400);
    const change: Recipe['change'] = (outcome, index) =>
      outcome.failure
        ? {
            ...outcome,
            failure: { ...outcome.failure, message: `x${'abcdefghijklmnopqrstuvwxyz'[index % 26]}`, tail },
          }
        : outcome;
    const many = { a: Array.from({ length: 400 }, (_, at) => at) };
    const list = ensemble(many, { state: () => 'failed', change }).map((outcome) => ({
      ...outcome,
      combination: { ...outcome.combination, label: `${outcome.combination.label}-${'long'.repeat(500)}` },
    }));
    const summary = await summarise(list, { run: 'demo-1', axes: axesOf(many), results: [] });
    const figures = Array.from({ length: 200 }, (_, at) => ({
      name: `f${at}.svg`,
      title: 't'.repeat(400),
      alt: 'a'.repeat(400),
    }));
    const body = publishedBody(await published({ summary, figures }), where);
    expect([...body].length).toBeLessThanOrEqual(65_000);
    expect(body).toContain('The rest is in `results/demo/demo-1/README.md`.');
  });

  test.each([
    ['COMPAS_Output/COMPAS_Output.h5', '*.h5'],
    ['restart.{month}.nc4', '*.nc4'],
    ['correlations/{window}/**', 'correlations/*/**'],
    ["o'brien", "o'\\''brien"],
  ])('offers to fetch only outputs like the first declared one: %s', async (path, glob) => {
    const body = publishedBody({ ...(await published()), outputs: [{ path }] }, where);
    expect(body).toContain(`muster fetch demo-1 --only '${glob}'\n`);
  });

  test('shows figures at the address it is given, maps open and others folded', async () => {
    const body = publishedBody(await published(), where);
    expect(body).toContain('\n\n<img src="../raw/abc/map.svg" alt="A map.">\n\n');
    expect(body).toContain(
      '<summary>Half took 2 min</summary>\n\n<img src="../raw/abc/time.svg" alt="Times.">',
    );
  });
});

describe('the results README', () => {
  test('starts with the verdict and shows the figures beside it', async () => {
    const text = resultsReadme(await published(), []);
    expect(text).toMatch(/^# demo: `demo-1`\n\n\*\*4 of 6 verified;/);
    expect(text).toContain('<img src="map.svg"');
  });

  test('says in a line what each file holds and where the large ones are', async () => {
    const files = [
      { name: 'run.json' },
      { name: 'map.svg' },
      { name: 'manifest.jsonl', elsewhere: 's3://bucket/key' },
    ];
    expect(resultsReadme(await published(), files).split('## Files\n\n')[1]).toBe(
      [
        '| File | What it holds |',
        '| --- | --- |',
        '| [`run.json`](run.json) | the run as it was launched: grid, images, resources, estimate |',
        '| [`map.svg`](map.svg) | figure |',
        '| `manifest.jsonl` | every output file with size, SHA-256 and place in the store, one a line; too large for the repository, kept at `s3://bucket/key` |',
        '',
      ].join('\n'),
    );
  });
});

describe('findings', () => {
  test('name the axis that changes no result', async () => {
    expect(findings(await summaryOf({ results }))).toEqual([
      'Axis `lambda` changes no result (3 comparisons of combinations that differ in nothing else). Does the program read it?',
    ]);
  });

  test('name a result that is the same everywhere', async () => {
    expect(findings(await summaryOf({ results: () => ({ dco: 7 }) }))).toEqual([
      'Result `dco` is the same in every combination: 7.',
    ]);
  });

  test('name what all failures share', async () => {
    const all = findings(await summaryOf({ state: ({ alpha }) => (alpha === 1 ? 'failed' : 'succeeded') }));
    expect(all[0]).toBe('Everything that failed or is missing has `alpha = 1`.');
  });

  test('name mixed versions', async () => {
    const change: Recipe['change'] = (outcome, index) =>
      outcome.source
        ? { ...outcome, source: { ...outcome.source, image: `img${index < 2 ? 1 : 2}` } }
        : outcome;
    expect(findings(await summaryOf({ change })).at(-1)).toBe(
      'Results come from 2 images: `img1` (2), `img2` (4).',
    );
  });
});

describe('two runs of a grid', () => {
  const facts: RunFacts = {
    schema: 1,
    run: 'demo-1',
    combinations: 6,
    succeeded: 6,
    failed: 0,
    missing: 0,
    command: ['run', '--alpha', '{alpha}'],
    images: { compas: 'a'.repeat(64) },
    axes: [{ name: 'alpha', count: 2, values: ['0.1', '0.5'] }],
    costUsd: 1.5,
    programSeconds: 600,
    results: [{ name: 'dco', min: 1, median: 2, max: 3 }],
  };

  test.each<[string, Partial<RunFacts>, string[]]>([
    ['nothing', {}, []],
    [
      'a value',
      { axes: [{ name: 'alpha', count: 2, values: ['0.1', '0.7'] }] },
      ['Axis `alpha`: 2 to 2 values, added `0.7`, removed `0.5`.'],
    ],
    ['an axis', { axes: [] }, ['Axis `alpha` is gone.']],
    [
      'the command',
      { command: ['run', '--beta', '{alpha}'] },
      ['The command changed: without `--alpha`, with `--beta`.'],
    ],
    [
      'the order of the command',
      { command: ['run', '{alpha}', '--alpha'] },
      ['The command has the same words in another order or number.'],
    ],
    [
      'the image',
      { images: { compas: 'b'.repeat(64) } },
      ['Image `compas` changed from `aaaaaaaaaaaa` to `bbbbbbbbbbbb`.'],
    ],
    [
      'what failed',
      { succeeded: 5, failed: 1 },
      ['Before: 6 of 6 verified, 0 failed, 0 missing. Now: 5 of 6 verified, 1 failed, 0 missing.'],
    ],
    [
      'a result',
      { results: [{ name: 'dco', min: 1, median: 2.5, max: 3 }] },
      ['Result `dco`: median 2 (1 to 3) became median 2.5 (1 to 3).'],
    ],
    ['the cost', { costUsd: 3 }, ['Cost: $1.50 became $3.00.']],
    [
      'the time of those that ran',
      { programSeconds: 1200, measured: 3 },
      ['Program time per combination: 1 min 40 s became 6 min 40 s.'],
    ],
    ['no time where nothing ran', { programSeconds: 0, measured: 0 }, []],
    ['the time', { programSeconds: 1200 }, ['Program time per combination: 1 min 40 s became 3 min 20 s.']],
  ])('that differ in %s', (_, change, sentences) => {
    expect(compareRuns(facts, { ...facts, ...change })).toEqual(sentences);
  });
});

describe('fragments that could not be read', () => {
  test('are named with the reason, the first five of them', async () => {
    const unreadable = Array.from({ length: 6 }, (_, at) => ({
      key: `runs/x/fragments/${at}.json`,
      reason: 'not JSON',
    }));
    const body = publishedBody(await published({ unreadable }), {
      figureUrl: (name) => name,
      resultsPath: 'results',
    });
    expect(body).toContain('6 fragments could not be read: `runs/x/fragments/0.json` (not JSON), ');
    expect(body).toContain('`runs/x/fragments/4.json` (not JSON), ….');
    expect(body).not.toContain('fragments/5.json');
  });
});
