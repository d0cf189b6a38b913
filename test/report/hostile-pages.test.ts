import { lexer, type Token } from 'marked';
import { describe, expect, test } from 'vitest';
import { type PlanExtra, planComment } from '../../src/report/plan-comment.ts';
import { publishedBody, resultsReadme } from '../../src/report/published.ts';
import { runReviewBody } from '../../src/report/run-review.ts';
import { hostile } from './hostile.ts';
import { github, planScene, progressScene, publishedScene } from './scenes.ts';

/** Every text of a page that comes from elsewhere is a stranger's: the page must be made as with a plain word there. */

/** A page as its tree: what is linked, shown, written as HTML, and what GitHub would look for mentions in. */
interface Seen {
  readonly shape: readonly string[];
  readonly addresses: readonly string[];
  readonly html: readonly string[];
  readonly text: string;
}

function look(markdown: string): Seen {
  const shape: string[] = [];
  const addresses: string[] = [];
  const html: string[] = [];
  const text: string[] = [];
  const visit = (tokens: readonly Token[]) => {
    for (const token of tokens) {
      if (!['text', 'escape', 'space', 'br', 'codespan'].includes(token.type)) shape.push(token.type);
      if (token.type === 'link' || token.type === 'image') addresses.push(String(token.href));
      if (token.type === 'code') shape.push(`fence ${String(token.lang)}`);
      if (token.type === 'html') html.push(...(token.raw.match(/<\/?[a-z!][^\s>]*/gi) ?? []));
      if (token.type === 'html' || (token.type === 'text' && !('tokens' in token))) text.push(token.raw);
      if (token.type === 'table') {
        for (const cell of [...token.header, ...token.rows.flat()]) {
          shape.push('cell');
          visit(cell.tokens);
        }
      } else if (token.type === 'list') for (const item of token.items) visit(item.tokens);
      else if ('tokens' in token && token.tokens !== undefined) visit(token.tokens);
    }
  };
  visit(lexer(markdown));
  return { shape, addresses, html, text: text.join('\n') };
}

/** What GitHub's own filters turn into links, mentions and closed issues, outside of code (GH 6.6). */
const acted = [
  /(?<![\w`])@[a-z\d]/i,
  /(?:^|[^\w&])#\d/,
  /\bGH-\d/i,
  /\b(?=\d*[a-f])[0-9a-f]{7,40}\b/,
  /[a-z]:\/\/[a-z]/i,
  /\bwww\.[a-z]/i,
];

function plan(mark: string): string {
  const refused = { seen: mark, why: mark, fix: `${mark} \`${mark}\``, code: mark };
  const extra: PlanExtra = {
    ...{ onMerge: 'launches', controls: github, changes: [mark], unknown: [mark] },
    findings: [
      { ...refused, severity: 'warning' },
      { ...refused, fix: `aws ${mark}`, severity: 'note' },
    ],
    approval: { by: 'reviewers', environment: mark, usd: 30, aboveUsd: 25 },
  };
  const axes = [{ name: 'a', samples: [mark], count: 1, unit: mark, description: mark }];
  const hints = [{ file: mark, line: 3, message: mark, fix: mark }];
  const samples = [{ label: mark, command: [mark, mark] }];
  return planComment(planScene('small', { axes, samples, hints, reuse: { known: false, why: mark } }), extra);
}

function draft(mark: string): string {
  const scene = progressScene('small');
  return runReviewBody(
    {
      ...scene,
      failures: scene.failures.map((group) => ({
        ...{
          ...group,
          message: mark,
          tail: `${mark}\n${mark}`,
          advice: mark,
          signal: mark,
        },
        examples: group.examples.map((one) => ({ ...one, label: mark })),
      })),
      stopped: { by: mark, why: mark, at: '2026-11-20T10:13:00Z' },
      diagnosis: [
        { code: mark, summary: mark, fix: mark },
        { code: mark, summary: mark, fix: mark, wait: true },
      ],
      money: { ...scene.money, notes: [mark] },
      ...(scene.origin && {
        origin: {
          ...{ ...scene.origin, path: mark, commit: mark, actor: mark, repository: mark },
          images: [{ name: mark, identity: mark }],
        },
      }),
    },
    github,
  );
}

const finished = await publishedScene('small', (_, at) =>
  at < 2 ? 'failed' : at < 20 ? 'missing' : 'succeeded',
);

function published(mark: string): readonly [body: string, readme: string] {
  const scene = finished;
  const whole = {
    ...{ ...scene, stopped: { by: mark, why: mark, at: '2026-11-20T10:13:00Z' }, prices: [mark] },
    summary: {
      ...{ ...scene.summary, missing: [mark, mark] },
      failures: scene.summary.failures.map((group) => ({
        ...{ ...group, message: mark, tail: mark, advice: mark },
        examples: group.examples.map((one) => ({ ...one, label: mark })),
      })),
    },
    unreadable: [{ key: mark, reason: mark }],
    outputs: [{ path: mark }],
    figures: [
      { name: 'map.svg', title: mark, alt: mark },
      { name: 'time.svg', title: mark, alt: mark },
    ],
    provenance: {
      ...{ ...scene.provenance, repository: mark, commit: mark, actor: mark, engine: mark, store: mark },
      images: [{ name: mark, identity: mark, reference: mark }],
    },
    rounds: [0, 1].map((round) => ({
      ...{ round, reason: 'rerun' as const, note: mark, actor: mark, classes: [], groups: [] },
      ...{ attempts: 1, environment: { [`A${round}`]: mark } },
    })),
  };
  const where = { figureUrl: (name: string) => name, resultsPath: 'results/x' };
  return [publishedBody(whole, where), resultsReadme(whole, [{ name: 'run.json', elsewhere: mark }])];
}

const pages: Readonly<Record<string, (text: string) => string>> = {
  'the comment of a plan': plan,
  'the review of a run at work': draft,
  'the review of a finished run': (text) => published(text)[0],
  'the page of results': (text) => published(text)[1],
};
const plain = 'STRANGER';

describe.each(Object.entries(pages))('%s', (_, page) => {
  const usual = look(page(plain));

  test.each(hostile)('is made the same with %j in all its places', (text) => {
    const seen = look(page(text));
    expect(seen.shape).toEqual(usual.shape);
    expect(seen.addresses).toEqual(usual.addresses);
    expect(seen.html).toEqual(usual.html);
  });

  test.each(hostile)('has GitHub act on nothing of %j', (text) => {
    const seen = look(page(text));
    for (const pattern of acted) expect(seen.text.replaceAll(/<img [^>]*>/g, '')).not.toMatch(pattern);
  });

  test('shows a stranger in more than a few places', () => {
    expect(page(plain).split(plain).length).toBeGreaterThan(10);
  });

  test('has no sign that a person cannot see, but for those that break words up', () => {
    for (const text of hostile)
      expect(page(text).replaceAll(/[\n\u200b]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
