import { describe, expect, it } from 'vitest';
import { actionlint, askActionlint, isActionlintHere } from '../../scripts/lint-workflows/actionlint.ts';
import { readRepository } from '../../scripts/lint-workflows/repository.ts';
import { askZizmor, isZizmorHere, zizmor } from '../../scripts/lint-workflows/zizmor.ts';
import { Copy, root, workflow } from './planted.ts';

/** `npm run lint:workflows` installs them; a test downloads nothing. */
const hint = 'npm run lint:workflows installs it';

const problemsOf = (told: ReturnType<typeof askZizmor>) => (told.outcome === 'ran' ? told.problems : [told]);

describe.skipIf(!isZizmorHere())(`${zizmor} (${hint})`, () => {
  it('finds nothing in our workflows and actions', () => {
    expect(problemsOf(askZizmor(root))).toEqual([]);
  });

  it('finds a script that a branch name could write', () => {
    using copy = new Copy({
      file: workflow('ci'),
      from: 'run: .ci/run',
      to: `run: echo $${'{{ github.head_ref }}'}`,
    });
    expect(problemsOf(askZizmor(copy.root))).toContainEqual(
      expect.objectContaining({ rule: 'zizmor/template-injection', file: workflow('ci') }),
    );
  });

  it('finds a checkout that leaves its token behind', () => {
    using copy = new Copy({ file: workflow('ci'), from: / {8}with:\n.*persist-credentials.*\n/, to: '' });
    expect(problemsOf(askZizmor(copy.root))).toContainEqual(
      expect.objectContaining({ rule: 'zizmor/artipacked', file: workflow('ci') }),
    );
  });

  it('finds updates that rest for no day', () => {
    const rest = { from: / {4}cooldown:\n.*\n/, to: '' };
    using copy = new Copy({ file: '.github/dependabot.yml', ...rest });
    expect(problemsOf(askZizmor(copy.root))).toContainEqual(
      expect.objectContaining({ rule: 'zizmor/dependabot-cooldown' }),
    );
  });
});

describe.skipIf(!isActionlintHere())(`${actionlint} (${hint})`, () => {
  const paths = readRepository(root).workflows.map(({ path }) => path);

  it('finds nothing in our workflows but what is newer than itself', () => {
    expect(problemsOf(askActionlint(root, paths))).toEqual([]);
  });

  it('finds a function with an argument of another type', () => {
    const fault = { from: "fromJSON(needs.look.outputs.ended || '[]')", to: 'fromJSON(github.event)' };
    using copy = new Copy({ file: workflow('watch'), ...fault });
    expect(problemsOf(askActionlint(copy.root, [workflow('watch')]))).toContainEqual(
      expect.objectContaining({ rule: 'actionlint/expression', file: workflow('watch') }),
    );
  });

  it('finds a key of concurrency that no GitHub knows', () => {
    using copy = new Copy({ file: workflow('cancel'), from: 'queue: max', to: 'queues: max' });
    expect(problemsOf(askActionlint(copy.root, [workflow('cancel')]))).toHaveLength(1);
  });
});
