import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const room = fileURLToPath(new URL('../../src/results/young-memory.ts', import.meta.url));

/** MiB of young memory after work of which a part always survives, in a process of its own. */
function youngAfter(held: string): number {
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { holdYoungMemory } from ${JSON.stringify(room)};
    ${held}
    const kept = [];
    for (let turn = 0; turn < 800_000; turn += 1) {
      kept[turn % 20_000] = { turn, text: 'x'.repeat(20) + turn };
    }
    const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    console.log(space.space_size / 2 ** 20);`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }));
}

describe('young memory', () => {
  test('does not grow while it is held', () => {
    const free = youngAfter('');
    expect(free).toBeGreaterThan(8);
    expect(youngAfter('holdYoungMemory();')).toBeLessThan(free / 2);
  });

  test('grows again once nobody holds it', () => {
    const free = youngAfter('');
    const oneLeft = 'using one = holdYoungMemory(); { using two = holdYoungMemory(); }';
    expect(youngAfter(oneLeft)).toBeLessThan(free / 2);
    expect(youngAfter('{ using one = holdYoungMemory(); }')).toBeGreaterThan(free / 2);
  });
});
