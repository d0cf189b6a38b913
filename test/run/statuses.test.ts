import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { composeBody } from '../../src/forge/body.ts';
import { rerun } from '../../src/run/rerun.ts';
import { watch } from '../../src/run/watch.ts';
import { MemoryForge } from './memory-forge.ts';
import { openScene, type Scene, writeRun } from './scene.ts';
import { work, writeCombinations } from './slices.ts';

// Drawing has tests of its own.
vi.mock('../../src/report/figures/figures.ts', () => ({ renderFigures: async () => [] }));

/** A forge whose people have workflows, and that counts what is asked of it. */
class Workflows extends MemoryForge {
  readonly asked: string[] = [];
  workflowUrl(file: string): string {
    return `https://forge.test/workflows/${file}`;
  }
  override async setStatus(...given: Parameters<MemoryForge['setStatus']>) {
    this.asked.push(`${given[1].context} ${given[1].state}`);
    return super.setStatus(...given);
  }
}

let folder: string;
let forge: Workflows;
let scene: Scene;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-'));
  forge = new Workflows();
  scene = openScene(folder, forge);
  await writeRun(scene, { combinations: 4 });
  await writeCombinations(scene, 4);
  await watch(scene.deps, scene.run);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const statusesAtHead = async () => {
  const tip = (await forge.head(`muster/${scene.run}`)) ?? '';
  return Object.fromEntries(
    [...(forge.statuses.get(tip) ?? [])].map(([context, { state, description, url }]) => [
      context,
      { state, description, url },
    ]),
  );
};

describe('a run at work', () => {
  test('tells on the head of its branch how far it is, and nothing of being complete', async () => {
    scene.engine.progress('job-1', { succeeded: 3, running: 1 });
    await watch(scene.deps, scene.run);
    expect(await statusesAtHead()).toEqual({
      'muster/progress': {
        state: 'pending',
        description: expect.stringMatching(/^3 of 4, \$/),
        url: 'https://forge.test/1',
      },
    });
  });

  test('asks nothing of the forge in a look that saw nothing new', async () => {
    const before = forge.asked.length;
    await watch(scene.deps, scene.run);
    expect(forge.asked.length).toBe(before);
  });

  test('writes one status in a look that saw something', async () => {
    const before = forge.asked.length;
    scene.engine.progress('job-1', { succeeded: 1, running: 3 });
    await watch(scene.deps, scene.run);
    expect(forge.asked.slice(before)).toEqual(['muster/progress pending']);
  });

  test('leads to the workflows of its forge', async () => {
    const { body } = (await forge.findReview(`muster/${scene.run}`)) ?? { body: '' };
    expect(body).toContain('](https://forge.test/workflows/cancel.yml) with `run`');
  });

  test('leaves the status to whoever told of a later state', async () => {
    forge.change(1, { body: composeBody('of a later state', 9999) });
    const before = forge.asked.length;
    scene.engine.progress('job-1', { succeeded: 1, running: 3 });
    await watch(scene.deps, scene.run);
    expect(forge.asked.length).toBe(before);
  });

  test('says nothing about a branch whose review a person closed', async () => {
    forge.change(1, { state: 'closed' });
    const before = forge.asked.length;
    scene.engine.progress('job-1', { succeeded: 1, running: 3 });
    await watch(scene.deps, scene.run);
    expect(forge.asked.length).toBe(before);
  });
});

/** All of a job ends, with these failed. */
async function end(job: string, round: number, fails: readonly number[]): Promise<void> {
  const size = scene.engine.jobs.get(job)?.request.size ?? 0;
  for (let child = 0; child < size; child += 1) await work(scene, job, child, { round, fails });
  const failed = fails.map((child) => ({
    ...{ child, class: 'program' as const, reason: 'exit code 1', attempts: [{ attempt: 1, exitCode: 1 }] },
  }));
  scene.engine.failed.set(job, failed);
  scene.engine.end(job, { succeeded: size - fails.length, failed: fails.length });
  await watch(scene.deps, scene.run);
}

const states = async () =>
  Object.fromEntries(Object.entries(await statusesAtHead()).map(([context, { state }]) => [context, state]));
const stage = async () => (await forge.findReview(`muster/${scene.run}`))?.stage;
const again = (select: string) =>
  rerun(scene.deps, { ...{ run: scene.run, select, overrides: {}, reason: 'again', dryRun: false } });

describe('a run that has ended', () => {
  test('is over and complete when all succeeded, so that a rule may ask for it', async () => {
    await end('job-1', 0, []);
    expect(await states()).toEqual({ 'muster/progress': 'success', 'muster/complete': 'success' });
    const { description } = (await statusesAtHead())['muster/complete'] ?? {};
    expect(description).toMatch(/^4 of 4 verified/);
  });

  test('is over and not complete when one failed', async () => {
    await end('job-1', 0, [2]);
    expect(await states()).toEqual({ 'muster/progress': 'success', 'muster/complete': 'failure' });
    expect(await stage()).toBe('ready');
  });

  test('that runs again is not complete until that round has ended', async () => {
    await end('job-1', 0, []);
    await again('all');
    await watch(scene.deps, scene.run);
    expect(await states()).toEqual({ 'muster/progress': 'pending', 'muster/complete': 'pending' });
    await end('job-2', 1, []);
    expect(await states()).toEqual({ 'muster/progress': 'success', 'muster/complete': 'success' });
    expect(await stage()).toBe('ready');
  });
});
