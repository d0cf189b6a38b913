import type { Diagnosis } from '../../engine.ts';
import { batchCommand } from '../command.ts';
import { type Evidence, limitAction } from '../evidence/evidence.ts';

/** The slices wait for their turn under `concurrent` (AB 2.12): nothing is wrong, unless no slice ever fits. */
export function diagnoseLimit({ limit, job, region }: Evidence): Diagnosis | undefined {
  if (limit === undefined) return undefined;
  const { name, each, total, used } = limit;
  if (total >= each) {
    return {
      code: 'CONCURRENCY_USED',
      summary: `Slices of ${job?.name ?? 'this job'} wait for their turn: \`concurrent\` lets ${total} start and run at once, and ${used} do (consumable resource ${name}).`,
      fix: 'Wait: one starts whenever another ends.',
      wait: true,
    };
  }
  return {
    code: 'CONCURRENCY_NONE',
    summary: `No slice can ever start: consumable resource ${name}, which holds them to \`concurrent\`, was set to ${total}.`,
    fix: `Set it to what the grid says: ${batchCommand(region, 'update-consumable-resource', `--consumable-resource ${name} --operation SET --quantity <concurrent>`)}`,
  };
}

/** A judgement about machines is in doubt where slices may only wait for their turn. */
export function withoutLimit({ notSeen }: Evidence, diagnosis: Diagnosis): Diagnosis {
  if (!notSeen.some(({ action }) => action === limitAction)) return diagnosis;
  const doubt = `Or the slices only wait for their turn under \`concurrent\`: ${limitAction}, which would tell, was refused or failed.`;
  return { ...diagnosis, summary: `${diagnosis.summary} ${doubt}` };
}
