import { expect, test } from 'vitest';
import { shell } from '../../src/report/markdown.ts';

test('a command stays one line, whatever is in it, so that nobody pastes a second one', () => {
  expect(shell(["muster fetch x --only 'a\nrm -rf b'", 'muster verify x'])).toBe(
    "```sh\nmuster fetch x --only 'a rm -rf b'\nmuster verify x\n```",
  );
});

test('a command cannot end the block it stands in', () => {
  expect(shell(['muster fetch "```"'])).toBe('````sh\nmuster fetch "```"\n````');
});
