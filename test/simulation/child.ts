import { parseArgs } from 'node:util';
import { hookModules } from './hooks.ts';
import { installVirtualGlobals } from './virtual-globals.ts';

/**
 * Plays some seeds in a process of its own and writes one line of JSON for each: only here are the sources hooked and
 * the globals virtual.
 */
const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    step: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
    mutants: { type: 'string', default: '[]' },
  },
});

installVirtualGlobals();
hookModules(JSON.parse(values.mutants));
const { simulate } = await import('./simulate.ts');
const { GridFolder } = await import('./grid-folder.ts');
using grids = new GridFolder();
for (let number = 0; number < Number(values.count); number++) {
  const seed = Number(values.from) + number * Number(values.step);
  const report = await simulate(seed, grids, { trace: values.trace });
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
