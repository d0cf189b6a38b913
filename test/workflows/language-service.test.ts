import { beforeAll, describe, expect, it } from 'vitest';
import { readRepository } from '../../scripts/lint-workflows/repository.ts';
import { openLanguageService } from '../../scripts/lint-workflows/service.ts';
import { Copy, type Fault, root, workflow } from './planted.ts';

let service: Awaited<ReturnType<typeof openLanguageService>>;
beforeAll(async () => {
  service = await openLanguageService();
});

/** What it says of a file that has this fault. */
async function saidOf(fault: Fault): Promise<string> {
  using copy = new Copy(fault);
  const found = await service.askLanguageService(copy.root, [fault.file]);
  return found.map(({ line, message }) => `${line}: ${message}`).join('\n');
}

describe("GitHub's language service", () => {
  it('finds nothing in our workflows and actions', async () => {
    const { workflows, actions } = readRepository(root);
    const paths = [
      ...workflows.map(({ path }) => path),
      ...[...actions.keys()].map((one) => `${one}/action.yml`),
    ];
    expect(await service.askLanguageService(root, paths)).toEqual([]);
  });

  it('finds a key that there is none of', async () => {
    const said = await saidOf({ file: workflow('ci'), from: 'timeout-minutes', to: 'timeout-minuts' });
    expect(said).toContain('timeout-minuts');
  });

  it('finds a job that needs another that is not there', async () => {
    const said = await saidOf({ file: workflow('watch'), from: 'needs: look', to: 'needs: looks' });
    expect(said).toContain('looks');
  });

  it('finds an expression that does not parse', async () => {
    const said = await saidOf({ file: workflow('watch'), from: 'matrix.run }}', to: 'matrix.run == }}' });
    expect(said).toContain('Unexpected end of expression');
  });

  it('finds a context where there is none', async () => {
    const said = await saidOf({
      file: workflow('cancel'),
      from: 'cancel-$' + '{{ inputs.run',
      to: 'c-$' + '{{ env.run',
    });
    expect(said).toContain('env');
  });

  it('finds a queue whose head is cancelled all the same', async () => {
    const fault = { from: 'queue: max', to: 'queue: max\n  cancel-in-progress: true' };
    expect(await saidOf({ file: workflow('cancel'), ...fault })).toContain('cannot be combined');
  });

  it('finds a permission that there is none of', async () => {
    const said = await saidOf({ file: workflow('ci'), from: 'contents: read', to: 'contents: reads' });
    expect(said).toContain('reads');
  });

  it('finds a schedule that GitHub would not keep', async () => {
    const said = await saidOf({ file: workflow('watch'), from: '3-59/10', to: '*/2' });
    expect(said).toContain('5 minutes');
  });

  it('finds an input that an action of ours does not have', async () => {
    const said = await saidOf({ file: workflow('cancel'), from: 'reason: $', to: 'reasons: $' });
    expect(said).toContain('reasons');
  });

  it('finds an input that checkout does not have', async () => {
    const said = await saidOf({
      file: workflow('ci'),
      from: 'persist-credentials',
      to: 'persist-credential',
    });
    expect(said).toContain('persist-credential');
  });

  it('finds an input that a called workflow does not have', async () => {
    const said = await saidOf({ file: workflow('launch'), from: '      images: $', to: '      image: $' });
    expect(said).toContain('image');
  });

  it('finds a runtime of actions that there is none of', async () => {
    const said = await saidOf({ file: 'actions/plan-grid/action.yml', from: 'node24', to: 'node26' });
    expect(said).not.toBe('');
  });

  it('is not silent about what it could not read', async () => {
    using copy = new Copy({ file: workflow('cancel'), from: 'actions/cancel-ensemble', to: 'actions/none' });
    await expect(service.askLanguageService(copy.root, [workflow('cancel')])).resolves.not.toEqual([]);
  });
});
