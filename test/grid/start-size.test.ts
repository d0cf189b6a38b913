import { describe, expect, it } from 'vitest';
import { refusal } from './grid-text.ts';

/** Lines 5 and 6 are the command and the environment. */
const grid = (environment: string, command = '[run]') =>
  `name: test\nparameters: { a: 1 }\nprogram:\n  image: demo\n  command: ${command}\n  environment: { ${environment} }\n`;

const most = 128 * 1024;
const accepted = (text: string) => expect(() => refusal(text)).toThrow('the grid was accepted');

describe('what Linux could not start is refused with the grid:', () => {
  it('a variable of more than 128 KiB, its name and a zero included', () => {
    const value = (bytes: number) => grid(`BIG: ${'x'.repeat(bytes)}`);
    accepted(value(most - 'BIG=\0'.length));
    expect(refusal(value(most - 'BIG=\0'.length + 1))).toMatch(
      /:6:\d+: `program\.environment\.BIG` has 129 KiB; Linux takes at most 128 KiB\n.*program\.files/,
    );
  });

  it('an argument of more than 128 KiB, also in a group', () => {
    const word = (bytes: number) => grid('A: b', `[run, [--list, ${'x'.repeat(bytes)}]]`);
    accepted(word(most - 1));
    expect(refusal(word(most))).toMatch(/:5:\d+: an argument of `program\.command` has 129 KiB/);
  });
});
