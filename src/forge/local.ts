import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withFileErrors } from '../files/faults.ts';
import { openStaging } from '../files/staging.ts';
import { composeComment, decideUpdate } from './body.ts';
import { encodePath } from './encode-path.ts';
import type { Forge } from './forge.ts';
import { changedFiles, fetchBase, listFiles, readFile } from './local/branches.ts';
import { checkFolder, checkPath, type House, isDefault, refusal, service } from './local/house.ts';
import { openRepository } from './local/repository.ts';
import { asReview, change, mergeReview, newestOf, openReview, showWhere } from './local/review-acts.ts';
import { openRecords } from './local/reviews.ts';
import { openWorkFolder } from './local/work-folder.ts';

export interface LocalForgeOptions {
  /** The user's folder: a git work tree or any other. Only read. */
  readonly root: string;
  /** Made if need be: `repository.git`, `reviews/<number>/`. */
  readonly forgeDir: string;
  /** `owner/name`, for people. */
  readonly repository: string;
}

/** A forge in a folder, and what a person does on a forge's pages. */
export interface LocalForge extends Forge {
  /** Takes the review's files into `main` of the bare repository, from where the user may pull them. */
  mergeReview(number: number): Promise<void>;
  /** Turns the review down. */
  closeReview(number: number): Promise<void>;
}

/**
 * Reviews without a server. The default branch is what is checked out in the user's folder (its files as they are,
 * if it is no git repository or has no commits), and below that what was merged here. Branches of reviews live in
 * a bare repository, start at the commit checked out, and have no past if there is none.
 */
export async function openLocalForge(options: LocalForgeOptions): Promise<LocalForge> {
  const forgeDir = resolve(options.forgeDir);
  mkdirSync(forgeDir, { recursive: true });
  const staging = openStaging(join(forgeDir, '.staging'));
  const records = openRecords(forgeDir, staging);
  const repository = await openRepository(join(forgeDir, 'repository.git'), staging);
  const work = await openWorkFolder(resolve(options.root));
  const gallery = { records, repository, staging, name: options.repository, prefix: work.prefix };
  const house: House = { records, repository, work, gallery };
  const act = <T>(operation: string, what: string | number, action: () => Promise<T>) =>
    withFileErrors({ service, operation, what: String(what) }, action);

  return {
    name: 'local',
    repository: options.repository,
    readFile: (path, at) => act('read', path, () => readFile(house, checkPath(path), at)),
    listFiles: (folder, at) => act('list', folder, () => listFiles(house, checkFolder(folder), at)),
    head: (branch) => (isDefault(branch) ? work.head() : repository.tip(branch)),
    changedFiles: (number) => act('compare', number, () => changedFiles(house, number)),
    findReview: (branch) =>
      act('find', branch, async () =>
        asReview(
          records,
          newestOf(records, (one) => one.branch === branch),
        ),
      ),
    openReview: (wanted) => act('open', wanted.branch, () => openReview(house, wanted)),
    commitFiles: (request) =>
      act('commit', request.branch, async () => {
        if (isDefault(request.branch)) throw refusal('commit', `${request.branch} is the user's own branch`);
        const files = request.files.map((file) => ({ ...file, path: work.prefix + checkPath(file.path) }));
        const base = await fetchBase(house);
        const outcome = await repository.commit({ ...request, files }, base);
        await showWhere(house, (one) => one.branch === request.branch && one.state === 'open');
        return outcome;
      }),
    // Relative to the review's page and to review.md, so that the folder may be moved or sent.
    fileUrl: (path) => `files/${encodePath(path)}`,
    setStatus: (commit, status) =>
      act('set the status of', commit, async () => {
        if ((await repository.tip(commit)) === undefined && !(await work.has(commit))) {
          throw refusal('set a status', `there is no commit ${commit}`);
        }
        await records.setStatus(commit, status);
        await showWhere(house, (one) => one.state === 'open');
      }),
    upsertComment: (number, marker, body) =>
      change(house, number, (now) => {
        const comment = { marker, body: composeComment(marker, body) };
        const there = now.comments.some((one) => one.marker === marker);
        const comments = there
          ? now.comments.map((one) => (one.marker === marker ? comment : one))
          : [...now.comments, comment];
        return { ...now, comments };
      }),
    setStage: (number, stage) => change(house, number, (now) => ({ ...now, stage })),
    updateReview: async (number, update) => {
      let outcome: 'updated' | 'unchanged' | 'stale' | 'closed' = 'unchanged';
      await change(house, number, (now) => {
        const decision = decideUpdate(now, update);
        outcome = decision.outcome;
        return decision.outcome === 'updated' ? { ...now, title: decision.title, body: decision.body } : now;
      });
      return outcome;
    },
    closeReview: (number) =>
      change(house, number, (now) => (now.state === 'open' ? { ...now, state: 'closed' } : now)),
    mergeReview: (number) => act('merge', number, () => mergeReview(house, number)),
  };
}
