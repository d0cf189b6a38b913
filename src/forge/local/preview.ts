import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { encodePath } from '../encode-path.ts';
import type { CommitStatus } from '../forge.ts';
import { renderMarkdown } from './markdown.ts';
import { pageStyle } from './page-style.ts';
import type { StoredReview } from './reviews.ts';

export interface PreviewInput {
  readonly repository: string;
  readonly review: StoredReview;
  readonly statuses: readonly CommitStatus[];
  /** Paths on the branch that the review changes; they lie in `files/` beside the page. */
  readonly files: readonly string[];
}

/** The review as one page that needs neither network nor scripts. Pure but for the style sheet it reads. */
export function previewPage(input: PreviewInput): string {
  const { review } = input;
  const comments = review.comments.map((comment) =>
    box('Comment', `<div class="markdown-body">${renderMarkdown(comment.body, 'files/')}</div>`),
  );
  return page(
    `${review.title} · #${review.number}`,
    `<header>
<p class="where">${escapeHtml(input.repository)} · local review</p>
<h1>${escapeHtml(review.title)} <span class="number">#${review.number}</span></h1>
<p>${badge(review)} <code>${escapeHtml(review.branch)}</code> into <code>main</code></p>
</header>
<main>
${box('Review', `<div class="markdown-body">${renderMarkdown(review.body, 'files/')}</div>`)}
${comments.join('\n')}
${statusList(input.statuses)}
${fileList(input.files)}
</main>`,
  );
}

/** A Markdown file of the branch as a page; its pictures lie beside it. */
export function documentPage(path: string, text: string): string {
  return page(path, `<main>${box(path, `<div class="markdown-body">${renderMarkdown(text)}</div>`)}</main>`);
}

/** How the page of a Markdown file is called. */
export const pageOf = (path: string) => `${path}.html`;
export const isMarkdown = (path: string) => path.endsWith('.md');

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; img-src 'self' file: data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${githubStyle()}${pageStyle}</style>
</head>
<body>
${content}
</body>
</html>
`;
}

function badge(review: StoredReview): string {
  const [kind, words] =
    review.state === 'open'
      ? review.stage === 'draft'
        ? (['draft', 'Draft'] as const)
        : (['ready', 'Ready'] as const)
      : review.state === 'merged'
        ? (['merged', 'Merged'] as const)
        : (['closed', 'Closed'] as const);
  return `<span class="badge ${kind}">${words}</span>`;
}

const marks = { success: '✓', pending: '●', failure: '✗', error: '✗' } as const;

function statusList(statuses: readonly CommitStatus[]): string {
  if (statuses.length === 0) return '';
  const rows = statuses.map(
    (status) =>
      `<li class="${status.state}"><span aria-label="${status.state}">${marks[status.state]}</span> <b>${escapeHtml(status.context)}</b> ${escapeHtml(status.description)}</li>`,
  );
  return box('Checks', `<ul class="rows">${rows.join('')}</ul>`);
}

function fileList(files: readonly string[]): string {
  const rows = files.map((path) => {
    const target = isMarkdown(path) ? pageOf(path) : path;
    const address = `files/${encodePath(target)}`;
    return `<li><a href="${escapeHtml(address)}">${escapeHtml(path)}</a></li>`;
  });
  return box(
    `${files.length} ${files.length === 1 ? 'file' : 'files'}`,
    `<ul class="rows">${rows.join('')}</ul>`,
  );
}

const box = (title: string, content: string) =>
  `<section class="box"><h2>${escapeHtml(title)}</h2>${content}</section>`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string) => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');

function githubStyle(): string {
  const find = createRequire(import.meta.url).resolve;
  return readFileSync(find('github-markdown-css/github-markdown.css'), 'utf8');
}
