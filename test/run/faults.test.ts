import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { RemoteError } from '../../src/errors.ts';
import { type Fault, Faults, Killed } from './faults.ts';
import { type Attempt, type Story, stories } from './stories.ts';
import { openWorld, outcomeOf } from './world.ts';

// Drawing takes longer than everything else here together, and has tests of its own.
vi.mock('../../src/report/figures/figures.ts', () => ({ renderFigures: async () => [] }));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-faults-'));
});
afterAll(() => rm(folder, { recursive: true }));
// Hundreds of stories each: seconds alone, much longer on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

/** Tells a story in which one call goes wrong; whoever is left or comes next does the same again. */
async function tellWith(story: Story, faults: Faults, fault: Fault) {
  const world = await openWorld(folder, story.options);
  let deps = faults.wrap(world.process());
  const attempt: Attempt = async (verb) => {
    for (;;) {
      try {
        await verb(deps);
        return;
      } catch (error) {
        if (!(error instanceof Killed || (error instanceof RemoteError && error.service === 'test')))
          throw error;
        // After an error the same user tries later from elsewhere: nobody can tell that the first is gone.
        if (fault !== 'killed') world.clock.pass(200);
        const fresh = world.process();
        deps = faults.wrap(fault === 'killed' ? fresh : { ...fresh, isGone: () => false });
      }
    }
  };
  await story.tell(world, attempt);
  return outcomeOf(world);
}

/** A call that fails leaves what a killed one leaves, but for the lease of a process that may be alive: two stories do. */
const faultsOf = (story: Story): readonly Fault[] =>
  story === stories['with a good pilot'] || story === stories['cancelled half-way']
    ? ['killed', 'answer lost', 'refused']
    : ['killed'];

describe.each(Object.entries<Story>(stories))('a run %s', (_name, story) => {
  test.each(faultsOf(story))('comes to the same end wherever a call is %s', async (fault) => {
    const counting = new Faults(fault, 0);
    const undisturbed = await tellWith(story, counting, fault);
    expect(undisturbed).toMatchObject({
      ...{ phase: { phase: 'published' }, marker: false, active: [], working: [], twice: [], again: [] },
      review: { state: 'open', stage: 'ready' },
    });
    for (let at = 1; at <= counting.calls; at++) {
      const faults = new Faults(fault, at);
      const outcome = await tellWith(story, faults, fault).catch((error: unknown) => {
        throw new Error(`call ${at}, ${faults.hit}`, { cause: error });
      });
      expect(outcome, `call ${at}, ${faults.hit}`).toEqual(undisturbed);
    }
  });
});
