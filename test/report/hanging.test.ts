import { expect, test } from 'vitest';
import { hanging } from '../../src/report/hanging.ts';

test('80 characters are one line, and the word that makes it 81 begins the next, below the first', () => {
  const [head, fits] = ['why:  ', `${'x'.repeat(70)} yyy`];
  expect(hanging(head, fits)).toEqual([`${head}${fits}`]);
  expect(hanging(head, `${fits}y`)).toEqual([`${head}${'x'.repeat(70)}`, '      yyyy']);
});

test('what stands between backticks stays on one line, and a lone backtick is a sign like others', () => {
  const command = `\`aws ${'x '.repeat(60)}y\``;
  expect(hanging('', `Do ${command} now`)).toEqual(['Do', command, 'now']);
  expect(hanging('', 'a ` b')).toEqual(['a ` b']);
});

test('a head without words stands alone', () => {
  expect(hanging('seen: ', '')).toEqual(['seen: ']);
});
