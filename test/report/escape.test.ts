import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, test } from 'vitest';
import {
  clean,
  code,
  cutBody,
  fence,
  html,
  link,
  logLine,
  oneLine,
  prose,
  words,
} from '../../src/report/escape.ts';
import { hostile } from './hostile.ts';

describe.each(hostile)('foreign text %j', (text) => {
  test('in words makes no element of its own', () => {
    const page = String(marked.parse(`before ${words(text)} after`));
    expect(page.replace(/^<p>|<\/p>\n$/g, '')).not.toMatch(/<\/?[a-z!]/i);
    expect(words(text)).not.toMatch(/[<>]/);
  });

  test('in words mentions nobody and refers to nothing', () => {
    expect(words(text)).not.toMatch(/@\w|#\d|GH-\d|:\/\/\w|www\.\w|\b[0-9a-f]{7,40}\b/i);
  });

  test('in a code span is that code span and nothing else', () => {
    const page = String(marked.parse(`before ${code(text)} after`));
    expect(page).toMatch(/^<p>before <code>[^<>]*<\/code> after<\/p>\n$/);
  });

  test('in a table cell does not make another cell', () => {
    const page = String(marked.parse(`| a | b |\n| --- | --- |\n| ${code(text)} | ${words(text)} |`));
    expect(page.match(/<td>/g)).toHaveLength(2);
  });

  test('in a fence is one block', () => {
    const page = String(marked.parse(`${fence(text)}\n\nafter`));
    expect(page).toMatch(/^<pre><code>[^<>]*<\/code><\/pre>\n<p>after<\/p>\n$/);
  });

  test('in HTML makes no tag', () => {
    expect(html(text)).not.toMatch(/[<>"']|@\w/);
  });

  test('in a log is one line and no command', () => {
    expect(logLine(text)).not.toMatch(/\n|^\s*::|##\[/);
  });

  test('has no sign that a person cannot see', () => {
    expect(clean(text).replace(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  });
});

test('a name with `::` can be copied from a log', () => {
  const arn = 'arn:aws:iam::123456789012:role/muster-job';
  expect(logLine(arn)).toBe(arn);
});

test('a line that begins with `::` is no command of a workflow, indented or not', () => {
  for (const start of ['::error::x', '  ::error::x', '\t::add-mask::x']) {
    expect(logLine(start)).not.toMatch(/^\s*::/);
  }
});

test('any text at all stays one paragraph of prose, with commands in it', () => {
  const text = fc.array(
    fc.oneof(fc.constant('`'), fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom(...hostile)),
  );
  fc.assert(
    fc.property(text, (parts) => {
      const page = String(marked.parse(`before ${prose(parts.join(''))} after`));
      expect(page).toMatch(/^<p>before (?:[^<>]|<code>[^<>]*<\/code>)* after<\/p>\n$/);
    }),
  );
});

test('prose keeps commands as they are to be copied, and nothing else', () => {
  expect(prose('Run `muster rerun demo-0123456789ab` or `--x_y`, @ada_1 `')).toBe(
    `Run \`muster rerun demo-0123456789ab\` or \`--x_y\`, ${words('@ada_1 `')}`,
  );
});

test('any text at all stays one paragraph of words', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      const page = String(marked.parse(`before ${words(text)} after`));
      expect(page).toMatch(/^<p>before [^<>]* after<\/p>\n$/);
    }),
  );
});

test('a line is cut at its limit with a mark', () => {
  expect(oneLine('abcdefgh', 5)).toBe('abcd…');
});

test('a fence keeps the last lines and says how many it left out', () => {
  expect(fence('one\ntwo\nthree\n', { lines: 2 })).toBe('```\n… (1 earlier lines left out)\ntwo\nthree\n```');
});

test('a fence cuts long lines', () => {
  expect(fence('x'.repeat(12), { width: 10 })).toBe('```\nxxxxxxxxx… (3 more characters)\n```');
});

test('a link to anything but a web page or a path is only its text', () => {
  expect(link('log', 'javascript:alert(1)')).toBe('log');
  expect(link('log', 'https://a.example/x y')).toBe('log');
});

test('a link cannot be left early', () => {
  expect(link('log', 'https://a.example/(x)"')).toBe('[log](https://a.example/%28x%29%22)');
});

describe('a body that is too long', () => {
  const pointer = 'The rest is elsewhere.';

  test('is left alone at the limit', () => {
    expect(cutBody('x'.repeat(100), pointer, 100)).toBe('x'.repeat(100));
  });

  test('is cut to the limit, in code points', () => {
    const body = cutBody('𝒳 line\n'.repeat(20_000), pointer);
    expect([...body].length).toBeLessThanOrEqual(65_000);
    expect(body).toContain(pointer);
  });

  test('closes the fold and the fence that the cut left open', () => {
    const body = cutBody(
      `<details><summary>x</summary>\n\n\`\`\`\`text\n${'line\n'.repeat(500)}`,
      pointer,
      1000,
    );
    expect(body).toMatch(/line\n````\n\n<\/details>\n\n\*Cut here, [^\n]+\*\n$/);
  });
});
