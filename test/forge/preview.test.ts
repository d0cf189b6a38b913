import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../src/forge/local/markdown.ts';
import { documentPage, previewPage } from '../../src/forge/local/preview.ts';
import type { StoredReview } from '../../src/forge/local/reviews.ts';

const review: StoredReview = {
  number: 3,
  branch: 'muster/a-000000000001',
  title: 'compas <sparse>',
  body: 'Body',
  state: 'open',
  stage: 'draft',
  comments: [],
};
const page = (changes: Partial<StoredReview> = {}, files: readonly string[] = []) =>
  previewPage({ repository: 'lab/grids', review: { ...review, ...changes }, statuses: [], files });

describe('Markdown', () => {
  test.each([
    ['<script>alert(1)</script>', /alert|script/],
    ['<img src=x onerror=alert(1)>', /onerror/],
    ['<a href="javascript:alert(1)">x</a>', /javascript/],
    ['[x](javascript:alert(1))', /javascript/],
    ['[x](JaVaScRiPt&#58;alert(1))', /javascript:/i],
    ['<svg onload=alert(1)></svg>', /svg|onload/],
    ['<iframe src="https://example.org"></iframe>', /iframe/],
    ['<form action="/x"><button>x</button></form>', /form|button/],
    ['<style>body{display:none}</style>', /style|display/],
    ['<meta http-equiv="refresh" content="0;url=x">', /meta|refresh/],
    ['<base href="https://example.org/">', /base/],
    ['<details ontoggle=alert(1) open>x</details>', /ontoggle/],
    ['<p style="position:fixed">x</p>', /style|position/],
    ['<input type="text" name="password">', /password|type="text"/],
    ['<scr<script>ipt>alert(1)</script>', /<script/],
  ])('%s does nothing', (text, trace) => {
    expect(renderMarkdown(text)).not.toMatch(trace);
  });

  test('keeps what GitHub shows: tables, folds, task lists, pictures for light and dark', () => {
    const html = renderMarkdown(`| a |
|---|
| 1 |

- [x] done

<details open><summary>More</summary>

\`\`\`json
{}
\`\`\`

</details>

<picture><source media="(prefers-color-scheme: dark)" srcset="dark.svg"><img src="light.svg" alt="map" width="300"></picture>`);
    expect(html).toContain('<td>1</td>');
    expect(html).toContain('<input type="checkbox" disabled checked /> done');
    expect(html).toContain('<details open><summary>More</summary>');
    expect(html).toContain('<code class="language-json">');
    expect(html).toContain('<source media="(prefers-color-scheme: dark)" srcset="dark.svg" />');
    expect(html).toContain('<img src="light.svg" alt="map" width="300" />');
  });

  test.each([
    ['![m](results/a/map.svg)', 'src="files/results/a/map.svg"'],
    ['![m](files/results/map.svg)', 'src="files/results/map.svg"'],
    ['![m](./map.svg)', 'src="files/map.svg"'],
    ['![m](../../../map.svg)', 'src="files/map.svg"'],
    ['[r](results/README.md)', 'href="files/results/README.md"'],
    ['[r](https://example.org/x)', 'href="https://example.org/x"'],
    ['[r](#top)', 'href="#top"'],
  ])('%s points to %s', (text, wanted) => {
    expect(renderMarkdown(text, 'files/')).toContain(wanted);
  });
});

describe('the page', () => {
  test('forbids scripts', () => {
    expect(page()).toContain("default-src 'none'; script-src 'none'");
    expect(documentPage('README.md', 'x')).toContain("script-src 'none'");
    expect(page()).not.toContain('<script');
  });

  test.each([
    [{}, 'draft">Draft<'],
    [{ stage: 'ready' }, 'ready">Ready<'],
    [{ stage: 'ready', state: 'merged' }, 'merged">Merged<'],
    [{ state: 'closed' }, 'closed">Closed<'],
  ] as const)('shows the state of %j', (changes, badge) => {
    expect(page(changes)).toContain(badge);
  });

  test('escapes titles and names of files', () => {
    const html = page({}, ['results/<b>"&.svg']);
    expect(html).toContain('compas &lt;sparse&gt;');
    expect(html).toContain('href="files/results/%3Cb%3E%22%26.svg">results/&lt;b&gt;&quot;&amp;.svg</a>');
  });

  test('leads to the rendered page of a Markdown file', () => {
    expect(page({}, ['results/README.md'])).toContain('href="files/results/README.md.html"');
  });

  test('needs nothing from elsewhere', () => {
    expect(page().match(/(src|href)="(?!files\/)[^"]*"/g)).toBeNull();
    expect(page()).not.toMatch(/url\(\s*["']?https?:|@import/);
  });

  test('has styles for light and dark', () => {
    expect(page()).toContain('@media (prefers-color-scheme: dark)');
    expect(page()).toContain('.markdown-body');
  });
});
