import { describe, expect, it } from 'vitest';
import { toyPlace } from './place.ts';

describe('a run that is asked for again', { timeout: 60_000 }, () => {
  it('says that it is published, how it ended and where its review is', async () => {
    using place = toyPlace();
    await place.good('run', 'toy', '--limit', '2');
    const launched = await place.good('launch', 'toy', '--limit', '2');
    expect(launched).toMatch(/^toy-\w+ is published already\.\ntoy-\w+: 2 of 2 succeeded\nreview {2}/);
    expect(launched).not.toContain('watch');
    expect((await place.muster('run', 'toy', '--limit', '2')).stderr).toContain('is published already');
  });

  it('says that it is under way, and follows', async () => {
    using place = toyPlace();
    await place.good('launch', 'toy', '--limit', '2');
    expect(await place.good('launch', 'toy', '--limit', '2')).toContain('is under way. Its slices run');
    const { code, stderr } = await place.muster('run', 'toy', '--limit', '2');
    expect(stderr).toContain('is under way: following it.');
    expect(code).toBe(0);
  });

  it('says that nothing has to run where all is reused; `watch` publishes that and tells how it ended', async () => {
    using place = toyPlace();
    await place.good('run', 'toy', '--limit', '3');
    const launched = await place.good('launch', 'toy', '--limit', '2');
    expect(launched).toContain('is launched. All its combinations are reused, and nothing has to run');
    const watched = await place.good('watch');
    expect(watched).toMatch(/^toy-\w+: 2 of 2 succeeded\nreview {2}.*\nfetch {3}muster fetch toy/);
  });
});
