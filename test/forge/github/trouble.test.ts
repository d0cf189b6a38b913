import { describe, expect, test } from 'vitest';
import { RemoteError } from '../../../src/errors.ts';
import { limits } from '../../github/faults.ts';
import { aReview, bench } from './under-test.ts';

const refusedTwice = { times: 2 } as const;

describe('a limit of GitHub', () => {
  test('is waited out as long as it asks, with one line each time', async () => {
    const { github, forge, waits, said } = await bench();
    github.fault({ on: /^GET \/contents/, ...refusedTwice, reply: limits.secondary(20) });
    expect(await forge.readFile('README.md')).toBeDefined();
    expect(waits).toEqual([20, 20]);
    expect(said).toEqual(
      Array(2).fill('GitHub asks for a pause (secondary rate limit): trying again in 20 s'),
    );
  });

  test('of the hour is waited out when it ends soon', async () => {
    const { github, forge, waits } = await bench();
    github.fault({ on: /^GET \/contents/, times: 1, reply: limits.primary(40) });
    expect(await forge.readFile('README.md')).toBeDefined();
    expect(waits[0]).toBeGreaterThan(38);
    expect(waits[0]).toBeLessThanOrEqual(41);
  });

  test('that lasts longer than a job may wait ends it, and says until when', async () => {
    const { github, forge, waits } = await bench();
    github.fault({ on: /^GET \/contents/, reply: limits.primary(1800) });
    await expect(forge.readFile('README.md')).rejects.toThrow(
      /rate limit of the token is used up until \d\d:\d\d UTC.*Repeat it later/,
    );
    expect(waits).toEqual([]);
  });

  test('is no missing right', async () => {
    const { github, forge } = await bench();
    github.fault({ on: /^GET \/contents/, reply: limits.primary(1800) });
    await expect(forge.readFile('README.md')).rejects.toMatchObject({ denied: false });
  });

  test('shares one patience with all others of a connection', async () => {
    const { github, open, waits } = await bench();
    const forge = await open({ patience: 50 });
    github.fault({ on: /^GET \/contents/, times: 1, reply: limits.secondary(30) });
    await forge.readFile('README.md');
    github.fault({ on: /^GET \/contents/, times: 1, reply: limits.secondary(30) });
    await expect(forge.readFile('README.md')).rejects.toThrow(RemoteError);
    expect(waits).toEqual([30]);
  });
});

describe('trouble of GitHub', () => {
  test('is tried again', async () => {
    const { github, forge, waits } = await bench();
    github.fault({ on: /^GET \/contents/, ...refusedTwice, reply: { status: 502 } });
    expect(await forge.readFile('README.md')).toBeDefined();
    expect(waits).toEqual([1, 3]);
  });

  test('that does not pass says so, with the number of the request', async () => {
    const { github, forge } = await bench();
    github.fault({ on: /^GET \/contents/, reply: { status: 500, body: { message: 'oops' } } });
    await expect(forge.readFile('README.md')).rejects.toThrow(
      /cannot read README.md in lab\/grids: GitHub has trouble: oops.*status 500, request id MODEL:1/,
    );
  });

  test('that breaks connections is told with the address', async () => {
    const { github, forge } = await bench();
    github.fault({ on: /^GET \/contents/, reply: 'lost' });
    await expect(forge.readFile('README.md')).rejects.toThrow(`${github.url} gave no answer`);
  });

  test('after a pull request was opened opens no second one', async () => {
    const { github, forge, branch } = await bench();
    await branch('muster/a');
    github.fault({ on: /^POST \/pulls/, times: 1, done: true, reply: 'lost' });
    const review = await forge.openReview(aReview('muster/a'));
    expect((await github.pulls()).map(({ number }) => number)).toEqual([review.number]);
  });

  test('after a comment was written leaves one', async () => {
    const { github, forge, branch } = await bench();
    await branch('muster/a');
    const { number } = await forge.openReview(aReview('muster/a'));
    github.fault({ on: /^POST \/issues/, times: 1, done: true, reply: { status: 502 } });
    await forge.upsertComment(number, 'plan', 'a plan');
    expect(await github.comments(number)).toHaveLength(1);
  });
});
