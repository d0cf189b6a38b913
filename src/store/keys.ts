/** The layout of a store (design, section 4). Numbers are zero-padded so that listing order is numeric. */

const pad = (value: number, digits: number) => String(value).padStart(digits, '0');

/** Combinations a block of `combinations/` holds. */
export const combinationsPerBlock = 1000;

export const runKey = (run: string) => `runs/${run}/run.json`;
export const stateKey = (run: string) => `runs/${run}/state.json`;
export const combinationBlockKey = (run: string, block: number) =>
  `runs/${run}/combinations/${pad(block, 5)}.jsonl`;
/** Combinations that published runs of the store already hold, 1,000 lines a block; named by the list's digest. */
export const reusedBlockKey = (run: string, sha256: string, block: number) =>
  `runs/${run}/reused/${sha256}/${pad(block, 5)}.jsonl`;
/** A file of `program.files`, as it was at launch. */
export const programFileKey = (run: string, path: string) => `runs/${run}/files/${path}`;

export const roundPrefix = (run: string, round: number) => `runs/${run}/rounds/${pad(round, 3)}/`;
export const roundKey = (run: string, round: number) => `${roundPrefix(run, round)}round.json`;
/** A round that was planned but is only real once the state names it. */
export const roundDraftKey = (run: string, round: number, sha256: string) =>
  `${roundPrefix(run, round)}drafts/${sha256}.json`;
export const arraysPrefix = (run: string, round: number) => `${roundPrefix(run, round)}arrays/`;
export const arrayKey = (run: string, round: number, array: number) =>
  `${arraysPrefix(run, round)}${pad(array, 4)}.json`;
export const failuresPrefix = (run: string, round: number) => `${roundPrefix(run, round)}failures/`;
export const failuresKey = (run: string, round: number, array: number) =>
  `${failuresPrefix(run, round)}${pad(array, 4)}.jsonl`;

/** What the engine told of attempts that left no word, kept before it forgets (AB 2.3). */
export const attemptsKey = (run: string, round: number, array: number) =>
  `${roundPrefix(run, round)}attempts/${pad(array, 4)}.jsonl`;

export const fragmentsPrefix = (run: string, round: number) => `${roundPrefix(run, round)}fragments/`;
export const sliceFragmentsPrefix = (run: string, round: number, slice: number) =>
  `${fragmentsPrefix(run, round)}${pad(slice, 7)}/`;
export const fragmentKey = (
  run: string,
  round: number,
  slice: number,
  writer: { readonly job: string; readonly attempt: number; readonly part: number },
) =>
  `${sliceFragmentsPrefix(run, round, slice)}${keySafe(writer.job)}-${pad(writer.attempt, 2)}-${pad(writer.part, 4)}.json`;

/** Where one attempt leaves the outputs of one combination. `label` may contain `/`. */
export const outputPrefix = (
  run: string,
  label: string,
  writer: { readonly round: number; readonly job: string; readonly attempt: number },
) => `runs/${run}/outputs/${label}/${pad(writer.round, 3)}-${keySafe(writer.job)}-${pad(writer.attempt, 2)}/`;
/**
 * The saved checkpoints of a combination in a round. Below `outputs/`, where the job role may write (design, section
 * 14); an attempt's own folder there has a name of three parts and is never called so.
 */
export const checkpointPrefix = (run: string, round: number, id: string) =>
  `runs/${run}/outputs/.checkpoints/${pad(round, 3)}/${id}/`;

export const mergedPrefix = (run: string, sha256: string) => `runs/${run}/merged/${sha256}/`;

export const activePrefix = 'active/';
export const activeKey = (run: string) => `active/${run}`;
export const publishedPrefix = 'published/';
export const publishedKey = (run: string) => `published/${run}.json`;
/** What all runs spent in a month (`2026-11`). */
export const spendKey = (month: string) => `spend/${month}.json`;
export const gridDecisionsKey = (repository: string) => `repos/${repository}/grids.json`;
export const historyKey = (program: string) => `history/${program}.json`;

/** Job ids hold `:` on some engines; keys stay plain. */
const keySafe = (text: string) => text.replaceAll(/[^A-Za-z0-9._-]/g, '_');
