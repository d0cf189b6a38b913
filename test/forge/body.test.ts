import { describe, expect, test } from 'vitest';
import {
  bodyLimit,
  bodyVersion,
  composeBody,
  composeComment,
  cutText,
  decideUpdate,
  isComment,
  spliceBody,
} from '../../src/forge/body.ts';

describe('a body', () => {
  test('holds the text between markers, with its version', () => {
    expect(composeBody('Verdict', 7)).toBe(
      '<!-- muster:begin -->\n<!-- muster:version 7 -->\nVerdict\n<!-- muster:end -->',
    );
    expect(bodyVersion(composeBody('Verdict', 7))).toBe(7);
  });

  test('of a person has no version', () => {
    expect(bodyVersion('Just text, <!-- muster:version 9 -->')).toBeUndefined();
  });

  test('keeps what is around the markers to the letter', () => {
    const body = `Before \n\n${composeBody('one', 1)}\n\n  after`;
    expect(spliceBody(body, 'two', 2)).toBe(`Before \n\n${composeBody('two', 2)}\n\n  after`);
  });

  test('whose markers were removed gets the text at its end', () => {
    expect(spliceBody('Mine', 'two', 2)).toBe(`Mine\n\n${composeBody('two', 2)}`);
  });

  test('survives markers inside the text', () => {
    const hostile = 'a <!-- muster:end --> b <!-- muster:version 999 --> c';
    const body = composeBody(hostile, 3);
    expect(bodyVersion(body)).toBe(3);
    expect(spliceBody(body, 'next', 4)).toBe(composeBody('next', 4));
  });

  test('that came back with Windows line ends is the same body', () => {
    const body = composeBody('one\ntwo', 1).replaceAll('\n', '\r\n');
    expect(
      decideUpdate({ state: 'open', title: 'T', body }, { title: 'T', body: 'one\ntwo', version: 1 }),
    ).toEqual({
      outcome: 'unchanged',
    });
  });

  test.each(['x', '\u{1F30C}'])(
    "of very many %s stays within the limit, people's words in full",
    (character) => {
      const human = 'h'.repeat(1000);
      const lines = `${character.repeat(99)}\n`.repeat(1000);
      const body = spliceBody(human, lines, 1);
      expect(Array.from(body).length).toBeLessThanOrEqual(bodyLimit);
      expect(Array.from(body).length).toBeGreaterThan(bodyLimit - 500);
      expect(body.startsWith(human)).toBe(true);
      expect(body).toMatch(/The rest is in the files of this review\.\*\n<!-- muster:end -->$/);
    },
  );
});

describe('an update', () => {
  const stored = { state: 'open', title: 'T', body: composeBody('one', 5) } as const;

  test.each([
    { stored, update: { title: 'T', body: 'one', version: 5 }, outcome: 'unchanged' },
    { stored, update: { title: 'T', body: 'two', version: 5 }, outcome: 'updated' },
    { stored, update: { title: 'T', body: 'one', version: 6 }, outcome: 'updated' },
    { stored, update: { title: 'U', body: 'one', version: 5 }, outcome: 'updated' },
    { stored, update: { title: 'T', body: 'one', version: 4 }, outcome: 'stale' },
    {
      stored: { ...stored, state: 'closed' as const },
      update: { title: 'U', body: 'x', version: 9 },
      outcome: 'closed',
    },
    {
      stored: { ...stored, state: 'closed' as const },
      update: { title: 'U', body: 'x', version: 1 },
      outcome: 'closed',
    },
    {
      stored: { ...stored, state: 'merged' as const },
      update: { title: 'U', body: 'x', version: 9 },
      outcome: 'updated',
    },
    {
      stored: { ...stored, body: 'by hand' },
      update: { title: 'T', body: 'x', version: 0 },
      outcome: 'updated',
    },
  ])('of $stored.state version 5 to version $update.version is $outcome', ({ stored, update, outcome }) => {
    expect(decideUpdate(stored, update).outcome).toBe(outcome);
  });
});

describe('a cut text', () => {
  const long = `${'line\n'.repeat(100)}`;

  test('that fits is left alone', () => {
    expect(cutText('short', 5)).toBe('short');
  });

  test('ends with whole lines', () => {
    const cut = cutText(`${long}`, 300);
    expect(cut).toMatch(/^(line\n)+line\n\n\*This text was cut/);
    expect(cut.length).toBeLessThanOrEqual(300);
  });

  test('closes the code it was cut in', () => {
    expect(cutText(`\`\`\`\n${long}\`\`\``, 300)).toMatch(/line\n```\n\n\*This text was cut/);
  });

  test('closes code with as many ticks as it began with, whatever the code holds', () => {
    const hostile = `<details>\n\n\`\`\`\`text\n\`\`\`\n</details>\n${long}\`\`\`\`\n\n</details>`;
    expect(cutText(hostile, 300)).toMatch(/line\n````\n\n<\/details>\n\n\*This text was cut/);
  });

  test('closes the folds it was cut in', () => {
    expect(cutText(`<details>\n\n${long}</details>`, 300)).toMatch(
      /line\n\n<\/details>\n\n\*This text was cut/,
    );
  });
});

describe('a comment', () => {
  test('is known by its whole marker', () => {
    const comment = composeComment('plan', 'text');
    expect(isComment('plan', comment)).toBe(true);
    expect(isComment('pla', comment)).toBe(false);
    expect(isComment('plan:two', comment)).toBe(false);
  });

  test('of a person who quotes one is not taken for it', () => {
    expect(isComment('plan', `> ${composeComment('plan', 'text')}`)).toBe(false);
  });

  test('stays within the limit', () => {
    expect(composeComment('plan', 'x\n'.repeat(100_000)).length).toBeLessThanOrEqual(bodyLimit);
  });
});
