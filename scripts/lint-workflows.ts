// Checks workflows and actions: GitHub's own language service, rules of ours, that each bundle is fresh, and zizmor and
// actionlint where they can be installed. Says which ran; any finding fails.
import { resolve } from 'node:path';
import { actionlint, askActionlint } from './lint-workflows/actionlint.ts';
import { staleBundles } from './lint-workflows/bundles.ts';
import { describe } from './lint-workflows/problem.ts';
import type { Told } from './lint-workflows/program.ts';
import { readRepository } from './lint-workflows/repository.ts';
import { judge } from './lint-workflows/rules.ts';
import { openLanguageService } from './lint-workflows/service.ts';
import { askZizmor, zizmor } from './lint-workflows/zizmor.ts';

const root = resolve(import.meta.dirname, '..');
const repository = readRepository(root);
const workflows = repository.workflows.map(({ path }) => path);
const actions = [...repository.actions.keys()];
const { askLanguageService } = await openLanguageService();

const asked: readonly (readonly [string, () => Told | Promise<Told>])[] = [
  [
    'language service of GitHub',
    async () => {
      const paths = [...workflows, ...actions.map((action) => `${action}/action.yml`)];
      return { outcome: 'ran', problems: await askLanguageService(root, paths) };
    },
  ],
  ['rules of ours', () => ({ outcome: 'ran', problems: judge(repository) })],
  ['fresh bundles', async () => ({ outcome: 'ran', problems: await staleBundles(root) })],
  [zizmor, () => askZizmor(root)],
  [actionlint, () => askActionlint(root, workflows)],
];

let found = 0;
console.log(`${workflows.length} workflows, ${actions.length} actions`);
for (const [name, ask] of asked) {
  const told = await ask();
  if (told.outcome === 'skipped') {
    console.log(`skipped  ${name}: ${told.why}`);
    continue;
  }
  found += told.problems.length;
  console.log(`ran      ${name}: ${told.problems.length === 0 ? 'nothing found' : told.problems.length}`);
  for (const problem of told.problems) console.log(`  ${describe(problem)}`);
}
process.exitCode = found === 0 ? 0 : 1;
