import { describe, expect, it } from 'vitest';
import { Stillness } from '../../src/cli/stillness.ts';

const none = { submitted: 0, pending: 0, runnable: 0, starting: 0, running: 0, succeeded: 0, failed: 0 };
const waiting = { ...none, runnable: 3 };

/** Whether each look in a row speaks. */
const spoken = (...looks: readonly (typeof none)[]) => {
  const stillness = new Stillness();
  return looks.map((counts) => stillness.noticed('a', counts));
};

describe('a run that stands still', () => {
  it('is spoken of at the fourth look, once', () => {
    expect(spoken(waiting, waiting, waiting, waiting, waiting)).toEqual([false, false, false, true, false]);
  });

  it('has nothing that runs or starts', () => {
    const busy = [
      { ...waiting, running: 1 },
      { ...waiting, starting: 1 },
    ];
    for (const one of busy) expect(spoken(one, one, one, one)).not.toContain(true);
  });

  it('has slices that wait', () => {
    const over = { ...none, succeeded: 3 };
    expect(spoken(over, over, over, over)).not.toContain(true);
  });

  it('does not go on meanwhile', () => {
    const further = { ...waiting, runnable: 2, succeeded: 1 };
    expect(spoken(waiting, waiting, waiting, further, further)).not.toContain(true);
  });

  it('is not another one', () => {
    const stillness = new Stillness();
    expect(['a', 'b', 'c', 'd'].map((run) => stillness.noticed(run, waiting))).not.toContain(true);
  });
});
