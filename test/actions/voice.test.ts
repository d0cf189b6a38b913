import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openVoice } from '../../src/action/voice.ts';
import { commandsIn } from './runner.ts';

let log = '';
beforeEach(() => {
  log = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    log += text;
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

it.each(['::error::x', ' ::set-output name=a::b', '##[error]x', 'a\n::error::x', '::stop-commands::x'])(
  'a line of the log commands nothing: %j',
  (line) => {
    const voice = openVoice();
    voice.say(line);
    voice.close();
    expect(commandsIn(log)).toEqual([]);
  },
);

it('whatever else prints meanwhile commands nothing', () => {
  const voice = openVoice();
  process.stdout.write('::error::from a child\n');
  voice.close();
  expect(commandsIn(log)).toEqual([]);
});

it('an annotation stands on its line, whatever its text is', () => {
  const voice = openVoice();
  voice.annotate({ level: 'error', message: '100%0A\n::error::x', file: 'a,b:c.yaml', line: 3, column: 2 });
  voice.close();
  expect(commandsIn(log)).toEqual([
    {
      name: 'error',
      properties: { file: 'a,b:c.yaml', line: '3', endLine: '3', col: '2', endColumn: '2' },
      message: '100%0A\n::error::x',
    },
  ]);
});

it('ten warnings are shown, the last of eleven counts two', () => {
  const voice = openVoice();
  for (let index = 0; index < 11; index += 1) voice.annotate({ level: 'warning', message: `w${index}` });
  voice.close();
  const told = commandsIn(log).map(({ message }) => message);
  expect(told).toHaveLength(10);
  expect(told.at(-1)).toContain('2 more warnings');
});

it('a secret is hidden by a command that counts', () => {
  const voice = openVoice();
  voice.hide('s3cret');
  voice.say('::error::x');
  voice.close();
  expect(commandsIn(log)).toEqual([{ name: 'add-mask', properties: {}, message: 's3cret' }]);
});
