import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { marked } from 'marked';
import { expect, test } from 'vitest';
import { allCodes, codesPage } from '../../src/preflight/codes-page.ts';

const source = fileURLToPath(new URL('../../src', import.meta.url));
const texts = globSync(['preflight/**/*.ts', 'doctor/**/*.ts'], { cwd: source })
  .filter((path) => !path.endsWith('codes-page.ts'))
  .map((path) => readFileSync(`${source}/${path}`, 'utf8'));
const codes = allCodes.flatMap(([, some]) => some.flatMap((one) => Object.keys(one)));

/** Texts in quotes that are not the key of an object, and templates whose gaps may be any words. */
const quoted = new Set(
  texts.flatMap((text) => Array.from(text.matchAll(/'([a-z0-9-]+)'(?!: \{)/g), ([, code = '']) => code)),
);
const templates = texts
  .flatMap((text) =>
    Array.from(
      text.matchAll(/`((?:[a-z0-9-]+|\$\{[^}`]+\})+)`/g),
      ([, template = '']) => new RegExp(`^${template.replace(/\$\{[^}]+\}/g, '[a-z0-9-]+')}$`),
    ),
  )
  .filter(({ source: pattern }) => /[a-z]{3,}-/.test(pattern));

test('every code of the page is one that something finds', () => {
  const unused = codes.filter(
    (code) => !quoted.has(code) && !templates.some((template) => template.test(code)),
  );
  expect(unused).toEqual([]);
});

test('every code that something finds is on the page', () => {
  const found = texts.flatMap((text) =>
    Array.from(
      text.matchAll(/(?:\bfinding\(|\btrouble\(|\bcode:)\s*'([a-z0-9-]+)'/g),
      ([, code = '']) => code,
    ),
  );
  expect(found.length).toBeGreaterThan(50);
  expect(found.filter((code) => !codes.includes(code))).toEqual([]);
});

test('a code means one thing', () => {
  expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([]);
});

test('each code has a row whose cells stay apart', async () => {
  const html = await marked.parse(codesPage());
  const rows = Array.from(html.matchAll(/<tr>\n([\s\S]*?)<\/tr>/g), ([, row = '']) => row);
  const named = rows.filter((row) => codes.some((code) => row.startsWith(`<td><code>${code}</code>`)));
  expect(named).toHaveLength(codes.length);
  expect(named.filter((row) => row.match(/<td>/g)?.length !== 4)).toEqual([]);
});
