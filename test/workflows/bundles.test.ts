import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { staleBundles } from '../../scripts/lint-workflows/bundles.ts';
import { readRepository } from '../../scripts/lint-workflows/repository.ts';
import { Copy } from './planted.ts';

const action = 'actions/cancel-ensemble';
/** Makes these files below `actions`. */
const bundler = (files: Readonly<Record<string, string>>) => async (_: string, outdir: string) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(outdir, path)), { recursive: true });
    writeFileSync(join(outdir, path), text);
  }
};
const index = 'cancel-ensemble/dist/index.mjs';

function copyWith(files: Readonly<Record<string, string>>): Copy {
  const copy = new Copy();
  for (const [file, text] of Object.entries(files)) copy.write(join(action, file), text);
  return copy;
}

/** Without the bundles and sources of the repository itself. */
function bare(files: Readonly<Record<string, string>>): Copy {
  const copy = new Copy();
  rmSync(join(copy.root, 'actions'), { recursive: true });
  for (const [file, text] of Object.entries(files)) copy.write(join('actions', file), text);
  return copy;
}

describe('a committed bundle', () => {
  it('is fresh when its sources make the same bytes', async () => {
    using copy = bare({ [index]: 'one' });
    expect(await staleBundles(copy.root, bundler({ [index]: 'one' }))).toEqual([]);
  });

  it('is stale when its sources make others', async () => {
    using copy = bare({ [index]: 'one' });
    const [stale] = await staleBundles(copy.root, bundler({ [index]: 'two' }));
    expect(stale).toMatchObject({ rule: 'fresh-bundles', file: `${action}/dist/index.mjs` });
  });

  it('is stale when a part that actions share is missing, or is left over', async () => {
    using copy = bare({ [index]: 'one', 'dist/part-old.mjs': '' });
    const stale = await staleBundles(copy.root, bundler({ [index]: 'one', 'dist/part-new.mjs': '' }));
    expect(stale.map(({ file }) => file)).toEqual(['actions/dist/part-new.mjs', 'actions/dist/part-old.mjs']);
  });

  it('is made of the sources of its action', async () => {
    using copy = bare({ [index]: 'one', 'cancel-ensemble/index.ts': 'console.log("made");' });
    const stale = await staleBundles(copy.root);
    expect(stale.map(({ file }) => file)).toContain(`${action}/dist/index.mjs`);
  });

  it('is known to be there, or not', () => {
    using copy = copyWith({ 'dist/index.mjs': 'one' });
    const { actions } = readRepository(copy.root);
    expect([actions.get(action)?.hasMain, actions.get('actions/plan-grid')?.hasMain]).toEqual([true, false]);
  });
});

describe('the description of an action', () => {
  const file = `${action}/action.yml`;

  it('names a runtime that runners still have', () => {
    using copy = new Copy({ file, from: 'node24', to: 'node20' });
    expect(() => readRepository(copy.root)).toThrow(file);
  });

  it('says what each input is', () => {
    using copy = new Copy({ file, from: /description: Run to stop.*\n/, to: '' });
    expect(() => readRepository(copy.root)).toThrow('inputs.run.description');
  });

  it('says what each output is', () => {
    using copy = new Copy({ file, from: /description: URL.*\n/, to: '' });
    expect(() => readRepository(copy.root)).toThrow('outputs.review');
  });

  it('has no default that is not a text', () => {
    using copy = new Copy({ file, from: 'default: .\n', to: 'default: 1\n' });
    expect(() => readRepository(copy.root)).toThrow('inputs.directory.default');
  });
});
