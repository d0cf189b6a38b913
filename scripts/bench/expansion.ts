import { hash } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { loadGrid } from '../../src/grid/load.ts';
import type { Benchmark } from './benchmark.ts';
import { inTurn, secondsOf } from './repeat.ts';

const grid = `
name: expansion
program: { image: demo, command: [simulate, "{mass:.2f}", "{ratio}", "{model}", "{kick}"] }
parameters:
  mass: { range: { start: 1, stop: 101, step: 1 } }
  ratio: { values: [0.1, 0.25, 0.5, 0.75, 1.0] }
  model: { values: [rapid, delayed, mixed] }
  kick: { range: { start: 0, stop: 800, step: 10 } }
`;

/** As the literals of the grid are read: value and text. */
const mass = Array.from({ length: 100 }, (_, at) => ({ value: at + 1, text: String(at + 1) }));
const ratio = ['0.1', '0.25', '0.5', '0.75', '1.0'].map((text) => ({ value: Number(text), text }));
const model = ['rapid', 'delayed', 'mixed'].map((text) => ({ value: text, text }));
const kick = Array.from({ length: 80 }, (_, at) => ({ value: at * 10, text: String(at * 10) }));
const count = mass.length * ratio.length * model.length * kick.length;

/** Characters written together, by both. */
const batch = 1 << 18;

export const expansion: Benchmark = {
  name: 'expansion',
  about: `expanding ${count.toLocaleString('en')} combinations to JSONL, against nested loops that write the same`,
  async run(folder) {
    const [ours, theirs] = [join(folder, 'ours.jsonl'), join(folder, 'theirs.jsonl')];
    writeFileSync(join(folder, 'expansion.yaml'), grid);
    const expand = () =>
      writeLines(ours, loadGrid('expansion.yaml', { root: folder, maxCombinations: count }).lines());
    const times = await inTurn(7, {
      ours: () => secondsOf(expand),
      baseline: () => secondsOf(() => nestedLoops(theirs)),
    });
    if (!readFileSync(ours).equals(readFileSync(theirs))) throw new Error('the two files differ');
    const what = `expand ${count.toLocaleString('en')} combinations to JSONL / nested loops`;
    return [{ what, unit: 's', ...times, comparison: { kind: 'ratio', most: 1.5 } }];
  },
};

function writeLines(path: string, lines: Iterable<string>): void {
  const file = openSync(path, 'w');
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < batch) continue;
    writeSync(file, text);
    text = '';
  }
  writeSync(file, text);
  closeSync(file);
}

/** What one would write by hand: the same fields, the same ids. */
function nestedLoops(path: string): void {
  const file = openSync(path, 'w');
  let text = '';
  let index = 0;
  for (const m of mass) {
    for (const r of ratio) {
      for (const o of model) {
        for (const k of kick) {
          const canonical = { kick: k.value, mass: m.value, model: o.value, ratio: r.value };
          const combination = {
            index,
            id: hash('sha256', JSON.stringify(canonical), 'hex').slice(0, 16),
            label: `mass=${m.text}_ratio=${r.text}_model=${o.text}_kick=${k.text}`,
            parameters: { mass: m.value, ratio: r.value, model: o.value, kick: k.value },
            text: { mass: m.text, ratio: r.text, model: o.text, kick: k.text },
          };
          text += `${JSON.stringify(combination)}\n`;
          index += 1;
          if (text.length < batch) continue;
          writeSync(file, text);
          text = '';
        }
      }
    }
  }
  writeSync(file, text);
  closeSync(file);
}
