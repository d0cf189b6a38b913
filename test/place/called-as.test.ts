import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { asCalled } from '../../src/place/called-as.ts';

test.each(commands(() => {}).map((command) => command.name()))(
  'a text that names `muster %s` names it as it was called',
  (verb) => {
    expect(asCalled(`Try: muster ${verb} demo`, 'npx muster')).toBe(`Try: npx muster ${verb} demo`);
    expect(asCalled(`\`muster ${verb}\``, 'npx muster')).toBe(`\`npx muster ${verb}\``);
  },
);

test('what says so already, and what is no command, stays as it is', () => {
  for (const text of ['npx muster run demo', '/lab/muster run', 'the muster of all slices', 'muster.yaml']) {
    expect(asCalled(text, 'npx muster')).toBe(text);
  }
});
