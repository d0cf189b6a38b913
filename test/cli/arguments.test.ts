import { afterAll, describe, expect, it } from 'vitest';
import { toyPlace } from './place.ts';

const place = toyPlace();
afterAll(() => place[Symbol.dispose]());

const names = [
  ...['new', 'check', 'expand', 'plan', 'run', 'launch', 'watch', 'status'],
  ...['ls', 'logs', 'explain', 'rerun', 'cancel', 'publish', 'fetch', 'verify'],
  ...['preflight', 'doctor'],
];

describe.concurrent('help', () => {
  it('lists every command, the exit codes and examples', async () => {
    const help = await place.good('--help');
    for (const name of names) expect(help).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    expect(help).toContain(
      '0 all succeeded · 1 some combinations failed or missing · 2 your file, arguments or account',
    );
    expect(help).toContain('muster run grids/demo.yaml');
  });

  it.each(names)('of `%s` says what it does and shows an example', async (name) => {
    const help = await place.good(name, '--help');
    expect(help).toContain(`Usage: muster ${name}`);
    expect(help).toMatch(new RegExp(`Examples?:\\n  muster ${name}`));
  });
});

it('the version is a version', async () => {
  expect(await place.good('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe.concurrent('wrong arguments end with 2, one message, nothing on stdout and nothing written', () => {
  it.each([
    [['frobnicate'], "error: unknown command 'frobnicate'"],
    [['run'], "error: missing required argument 'grid'"],
    [['run', 'toy', '--parralel', '2'], "error: unknown option '--parralel'\n(Did you mean --parallel?)"],
    [['expand', 'toy', '--limit', '0'], 'write a whole number above 0'],
    [['expand', 'toy', '--format', 'xml'], 'choose one of jsonl, csv, count'],
    [['expand', 'toy', '--set', 'scale'], 'write name=value'],
    [['expand', 'toy', '--set', 'nope=1'], 'there is no such parameter'],
    [['expand', 'toy', '--select', 'n9_left'], 'No combination has the label or id `n9_left`.'],
    [['expand', 'toy', '--select', 'n >'], "The expression 'n >' cannot be read: it ends too early."],
    [['expand', 'toy', '--select', 'm > 1'], '`m`'],
    [['plan', 'nope'], 'nope: there is no such grid file\n  Grids here: toy.yaml'],
    [['run', 'toy', '--set', 'nope=1'], 'there is no such parameter'],
    [['run', 'toy', '--select', 'n > 100'], '`--select n > 100` chooses no combination'],
    [['run', 'toy', '--engine', 'slurm'], 'there is no engine `slurm`'],
    [['ls', '--store', 'gopher://x'], 'the store gopher://x has a scheme this build does not know'],
    [['ls', '--store', 'grids/toy.yaml'], 'the store grids/toy.yaml is no folder and cannot be made one'],
    [['status', 'nope'], 'no run matches `nope`\n  Start one: muster run grids/<name>.yaml'],
    [['status'], 'this store holds no run yet'],
    [['new', 'Bad_Name', '--image', 'toy', '--', 'toy'], '`Bad_Name` is no grid name'],
    [['new', 'toy', '--image', 'toy', '--', 'toy'], 'grids/toy.yaml: is there already'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await place.muster(...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(place.files('.muster/store/runs')).toEqual([]);
  });
});

it('a store that cannot be read ends with 3 and names the file', async () => {
  using own = toyPlace();
  const run = JSON.parse(await own.good('launch', 'toy', '--limit', '1', '--json')).run;
  own.write(`.muster/store/runs/${run}/run.json`, '{ "schema": 1');
  const { code, stderr } = await own.muster('status', run);
  expect(stderr).toContain(`runs/${run}/run.json is damaged`);
  expect(code).toBe(3);
});
