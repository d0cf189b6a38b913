import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { DataFile } from '../grid/grid.ts';
import { gridDecisionsKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import { changeDocument, createDocument, readDocument } from './documents.ts';

/** What was last decided about each grid file of a repository (design, section 6). */

const decisionSchema = z.object({
  /** Of the grid file and its data files. */
  digest: z.string(),
  at: z.string(),
  actor: z.string(),
  commit: z.string().nullable(),
  decision: z.discriminatedUnion('outcome', [
    /** There when the repository was adopted. */
    z.object({ outcome: z.literal('baseline') }),
    /** `launch: { on: manual }`: left to people. */
    z.object({ outcome: z.literal('manual') }),
    z.object({ outcome: z.literal('launched'), run: z.string() }),
    /** Tried again only by name, or when the grid changes. */
    z.object({ outcome: z.literal('refused'), why: z.string() }),
  ]),
});

const decisionsSchema = z.object({ schema: z.literal(1), grids: z.record(z.string(), decisionSchema) });

export type Decision = z.infer<typeof decisionSchema>['decision'];
export type Decisions = Readonly<Record<string, z.infer<typeof decisionSchema>>>;

/** By path of the grid file; `undefined` in a repository that was never adopted. */
export async function readDecisions(deps: Pick<RunDeps, 'store' | 'forge'>): Promise<Decisions | undefined> {
  const key = gridDecisionsKey(deps.forge.repository);
  return (await readDocument(deps.store, key, decisionsSchema))?.value.grids;
}

type Decider = Pick<RunDeps, 'store' | 'forge' | 'clock' | 'actor'>;

/** Everything present becomes the baseline: adopting a repository never spends anything. False if it was adopted. */
export function adopt(
  deps: Decider,
  digests: ReadonlyMap<string, string>,
  commit: string | null,
): Promise<boolean> {
  const grids = Object.fromEntries(
    [...digests].map(([path, digest]) => [path, entry(deps, digest, commit, { outcome: 'baseline' })]),
  );
  return createDocument(deps.store, gridDecisionsKey(deps.forge.repository), { schema: 1, grids });
}

/** Keeps a decision. Nothing is kept in a repository that was never adopted: there, all is still to be baseline. */
export async function recordDecision(
  deps: Decider,
  at: { readonly path: string; readonly digest: string; readonly commit: string | null },
  decision: Decision,
): Promise<void> {
  if ((await readDecisions(deps)) === undefined) return;
  await changeDocument(deps.store, gridDecisionsKey(deps.forge.repository), decisionsSchema, (value) => {
    const present = value.grids[at.path];
    const same = present?.digest === at.digest && isSame(present.decision, decision);
    if (same) return undefined;
    return { ...value, grids: { ...value.grids, [at.path]: entry(deps, at.digest, at.commit, decision) } };
  });
}

const isSame = (one: Decision, other: Decision) => JSON.stringify(one) === JSON.stringify(other);

const entry = ({ clock, actor }: Decider, digest: string, commit: string | null, decision: Decision) => ({
  ...{ digest, at: clock.now().toISOString(), actor, commit, decision },
});

/** Of a grid file and the data files it names; of the file alone when it cannot be read as a grid. */
export function gridDigest(root: string, path: string, data: readonly DataFile[]): string {
  const hash = createHash('sha256').update(readFileSync(join(root, path)));
  for (const { path: file, sha256, use } of data) hash.update(`\0${use} ${sha256} ${file}`);
  return hash.digest('hex');
}
