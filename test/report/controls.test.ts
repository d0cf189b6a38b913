import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  type Act,
  actIn,
  actsBlock,
  actWords,
  advice,
  commandLine,
  terminal,
  workflows,
} from '../../src/report/controls.ts';
import { againAct } from '../../src/report/failure-text.ts';
import { planComment } from '../../src/report/plan-comment.ts';
import { publishedBody } from '../../src/report/published.ts';
import { runReviewBody } from '../../src/report/run-review.ts';
import { github, planScene, progressScene, publishedScene } from './scenes.ts';

const run = 'demo-0123456789ab';
const again: Act = { workflow: 'rerun', inputs: { run, select: 'alpha > 1', 'dry-run': 'true' } };

describe('something to do', () => {
  test('is a command at a terminal', () => {
    expect(commandLine(terminal, again)).toBe(`muster rerun ${run} --select 'alpha > 1' --dry-run`);
  });

  test('is a command of GitHub where workflows do it', () => {
    expect(commandLine(github, again)).toBe(
      `gh workflow run rerun.yml -f run=${run} -f 'select=alpha > 1' -f dry-run=true`,
    );
  });

  test('is a link with what to fill in, inside a sentence', () => {
    expect(actWords(github, again)).toBe(
      `workflow [**rerun**](https://github.com/lab/binaries/actions/workflows/rerun.yml) with \`run\`: \`${run}\`, \`select\`: \`alpha > 1\`, \`dry-run\`: \`true\``,
    );
  });

  test('stands with others as one block to paste', () => {
    expect(actsBlock(github, [{ ...again, to: 'look' }])).toContain(
      `\`\`\`sh\n${commandLine(github, again)}\n\`\`\``,
    );
    expect(actsBlock(terminal, [{ ...again, to: 'look' }])).toBe(
      `\`\`\`sh\n# look\n${commandLine(terminal, again)}\n\`\`\``,
    );
  });
});

describe('advice of an engine', () => {
  const text = `It had 3072 MiB. Give it more: \`muster rerun ${run} --select failed --memory '6 GiB'\`, or \`--capacity on-demand\`. See \`slice.combinations\`, @ada.`;

  test('stays as it is at a terminal', () => {
    expect(advice(terminal, text)).toContain(`\`muster rerun ${run} --select failed --memory '6 GiB'\``);
  });

  test('names the workflow and its inputs where people have that, and escapes the rest', () => {
    const told = advice(github, text);
    expect(told).not.toContain('muster rerun');
    expect(told).toContain(
      '`select`: `failed`, `memory`: `6 GiB`, or `capacity`: `on-demand`. See `slice.combinations`',
    );
    expect(told).not.toContain('@ada');
  });

  test('keeps what only a terminal can do', () => {
    expect(advice(github, 'Run `muster watch --follow`.')).toBe('Run `muster watch --follow`.');
    expect(actIn('Run `muster fetch x` or `aws rerun y`.')).toBeUndefined();
  });
});

describe('what runs failed combinations again', () => {
  const [group] = progressScene('full').failures;
  if (group === undefined) throw new Error('the scene has failures');
  const own = progressScene('full').run;

  test('takes the advice, where all of them lacked the same', () => {
    expect(againAct(own, [group, group]).inputs).toEqual({ run: own, select: 'failed', memory: '6144MiB' });
  });

  test.each([
    [
      'others lacked something else',
      own,
      [group, { ...group, advice: `\`muster rerun ${own} --timeout 8h\`` }],
    ],
    ['nobody knows what others lacked', own, [{ ...group, advice: 'Look at its log.' }, group]],
    [
      'a person has to fill something in',
      own,
      [{ ...group, advice: `\`muster rerun ${own} --timeout <duration>\`` }],
    ],
    ['the advice is about another run', 'demo-1', [group]],
  ])('takes none where %s', (_, id, failures) => {
    expect(againAct(id, failures).inputs).toEqual({ run: id, select: 'failed' });
  });
});

const workflowSchema = z.object({
  on: z.object({ workflow_dispatch: z.object({ inputs: z.record(z.string(), z.unknown()) }) }),
});
const inputsOf = (file: string) =>
  Object.keys(
    workflowSchema.parse(
      parse(readFileSync(new URL(`../../.github/workflows/${file}`, import.meta.url), 'utf8')),
    ).on.workflow_dispatch.inputs,
  );

test('every workflow that a page leads to can be started by hand', () => {
  for (const name of workflows) expect(inputsOf(`${name}.yml`)).not.toEqual([]);
});

test('every command to paste names a workflow and inputs that it has', async () => {
  const failed = await publishedScene('small', (_, at) =>
    at === 3 ? 'failed' : at === 5 ? 'missing' : 'succeeded',
  );
  const typing = { by: 'typing', usd: 31.54, aboveUsd: 25 } as const;
  const extra = {
    onMerge: 'launches',
    changes: [],
    findings: [],
    unknown: [],
    controls: github,
    approval: typing,
  } as const;
  const pages = [
    runReviewBody(progressScene('full'), github),
    publishedBody(failed, { figureUrl: (name) => name, resultsPath: 'results' }),
    planComment(planScene('full'), extra),
  ];
  const commands = pages.flatMap((page) => [...page.matchAll(/^gh workflow run (\S+) (.*)$/gm)]);
  expect(commands.map(([, file]) => file)).toEqual([
    ...['rerun.yml', 'watch.yml', 'cancel.yml'],
    ...['rerun.yml', 'rerun.yml'],
    'launch.yml',
  ]);
  for (const [, file = '', fields = ''] of commands) {
    const given = [...fields.matchAll(/-f '?([\w-]+)=/g)].map((field) => field[1]);
    expect(given.length).toBeGreaterThan(0);
    for (const name of given) expect(inputsOf(file)).toContain(name);
  }
});
