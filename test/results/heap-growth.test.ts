import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const room = fileURLToPath(new URL('../../src/results/heap-growth.ts', import.meta.url));

interface Sizes {
  /** MiB of young memory at the end. */
  readonly young: number;
  /** MiB of old memory at its largest. */
  readonly old: number;
}

/** After work of which a part always lives long enough to become old, in a process of its own. */
function sizesAfter(held: string): Sizes {
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { holdHeapGrowth } from ${JSON.stringify(room)};
    ${held}
    const size = (name) =>
      getHeapSpaceStatistics().find(({ space_name }) => space_name === name).space_size / 2 ** 20;
    const kept = [];
    let old = 0;
    for (let turn = 0; turn < 2_500_000; turn += 1) {
      kept[turn % 250_000] = { turn, text: 'x'.repeat(20) + turn };
      if (turn % 10_000 === 0) old = Math.max(old, size('old_space'));
    }
    console.log(JSON.stringify({ young: size('new_space'), old }));`;
  // Our own program's answer.
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program]).toString());
}

describe('the heap', () => {
  const free = sizesAfter('');

  test('does not grow much beyond what lives while it is held', () => {
    const held = sizesAfter('holdHeapGrowth();');
    expect(free.young).toBeGreaterThan(8);
    expect(held.young).toBeLessThan(free.young / 2);
    expect(held.old).toBeLessThan(free.old / 2);
  });

  test('stays held until nobody holds it any more', () => {
    const held = sizesAfter('using one = holdHeapGrowth(); { using two = holdHeapGrowth(); }');
    expect(held.young).toBeLessThan(free.young / 2);
    expect(held.old).toBeLessThan(free.old / 2);
  });

  test('grows again once nobody holds it', () => {
    const released = sizesAfter('{ using one = holdHeapGrowth(); }');
    expect(released.young).toBeGreaterThan(free.young / 2);
    expect(released.old).toBeGreaterThan(free.old / 2);
  });
});
