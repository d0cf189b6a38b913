import { afterAll, expect, it } from 'vitest';
import { commandLine } from '../../src/place/called-as.ts';
import { toyPlace } from './place.ts';

const place = toyPlace();
afterAll(() => place[Symbol.dispose]());

it('hints name the folder and the store that the command was given, quoted for the shell', () => {
  expect(commandLine('fetch r', { directory: "it's here", store: 's3://b/p' })).toMatch(
    /muster -C 'it'\\''s here' fetch r --store s3:\/\/b\/p$/,
  );
});

it('hints without a folder or a store are as short as can be', () => {
  expect(commandLine('fetch r', {})).toMatch(/^(npx )?muster fetch r$/);
});

it.each([
  ['', /^No runs yet. Start one: muster run /],
  ['npm_command=exec ', /^No runs yet. Start one: npx muster run /],
])('under npm, which knows where the command is, hints go through npx: %s', async (environment, hint) => {
  expect((await place.shell(`${environment}$MUSTER ls`)).stdout).toMatch(hint);
});

it('the end of a run says how to fetch it from the same place', async () => {
  const stdout = await place.good('run', 'toy', '--limit', '1', '--store', 'else where');
  expect(stdout).toMatch(/^fetch {3}muster fetch toy-\w+ --store 'else where'$/m);
});
