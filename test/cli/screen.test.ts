import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openScreen, type Progress } from '../../src/cli/screen.ts';

/** What a pipe gets of these looks. */
async function lines(...looks: readonly Partial<Progress>[]): Promise<string> {
  const stream = Object.assign(new PassThrough(), { isTTY: false });
  // A screen writes to its stream and asks whether it is a terminal, and nothing else.
  const screen = openScreen(stream as unknown as NodeJS.WriteStream);
  const look = { total: 8, succeeded: 0, failed: 0, verified: false, running: 0, secondsLeft: null };
  for (const one of looks) screen.progress({ ...look, ...one });
  stream.end();
  return text(stream);
}

test('slices that have all ended well prove nothing: what they left is verified when it is published', async () => {
  expect(await lines({ succeeded: 8 })).toBe(
    '8 of 8 ended, 0 slices running  verified when they are published\n',
  );
});

test('the words are left out while slices work, and once it is published', async () => {
  expect(await lines({ succeeded: 4 }, { succeeded: 8, verified: true })).not.toContain('verified');
});
