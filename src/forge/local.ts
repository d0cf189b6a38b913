import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError, RemoteError } from '../errors.ts';
import { withFileErrors } from '../files/faults.ts';
import { openStaging } from '../files/staging.ts';
import { composeBody, composeComment, decideUpdate } from './body.ts';
import type { Forge, NewReview, Review } from './forge.ts';
import { encodePath } from './local/markdown.ts';
import { openRepository, type Repository } from './local/repository.ts';
import { openRecords, type Records, type StoredReview } from './local/reviews.ts';
import { type Gallery, showReview } from './local/show.ts';
import { openWorkFolder, type WorkFolder } from './local/work-folder.ts';

const service = 'local forge';
const defaultBranch = 'main';

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
  const gallery: Gallery = { records, repository, staging, name: options.repository };
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

interface House {
  readonly records: Records;
  readonly repository: Repository;
  readonly work: WorkFolder;
  readonly gallery: Gallery;
}

async function readFile(house: House, path: string, at?: string): Promise<Uint8Array | undefined> {
  const { repository, work } = house;
  if (isDefault(at)) {
    const own = await work.readFile(path);
    if (own !== undefined) return own;
  }
  const commit = await repository.tip(at ?? defaultBranch);
  if (commit !== undefined) return repository.readFile(commit, work.prefix + path);
  return !isDefault(at) && (await isKnown(work, at)) ? work.readFile(path, at) : undefined;
}

async function listFiles(house: House, folder: string, at?: string): Promise<readonly string[]> {
  const { repository, work } = house;
  const own = isDefault(at) ? await work.listFiles(folder) : [];
  const commit = await repository.tip(at ?? defaultBranch);
  if (commit !== undefined) {
    const paths = await repository.listFiles(commit, `${work.prefix}${folder}`.replace(/\/$/, ''));
    const all = new Set([...own, ...paths.map((path) => path.slice(work.prefix.length))]);
    return [...all].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }
  return !isDefault(at) && (await isKnown(work, at)) ? work.listFiles(folder, at) : own;
}

const isKnown = async (work: WorkFolder, at: string) => /^[0-9a-f]{40,64}$/.test(at) && work.has(at);

async function changedFiles(house: House, number: number): Promise<readonly string[]> {
  const { repository, work } = house;
  const review = mustRead(house.records, number);
  const tip = await repository.tip(review.branch);
  if (tip === undefined) return [];
  const paths = await repository.changedFiles(review.base, tip);
  return paths.filter((path) => path.startsWith(work.prefix)).map((path) => path.slice(work.prefix.length));
}

/** Numbers are taken one by one, so whoever loses one looks again and finds the winner's review of this branch. */
async function openReview(house: House, wanted: NewReview): Promise<Review> {
  const { records, repository } = house;
  const tip = await repository.tip(wanted.branch);
  if (tip === undefined) throw refusal('open a review', `there is no branch ${wanted.branch}`);
  const base = await findBase(house, tip);
  if (base === tip) throw refusal('open a review', `${wanted.branch} has no commit of its own`);
  for (;;) {
    const open = newestOf(records, (one) => one.branch === wanted.branch && one.state === 'open');
    const number = open?.number ?? (records.numbers().at(-1) ?? 0) + 1;
    const { branch, title, stage } = wanted;
    const body = composeBody(wanted.body, wanted.version);
    const made: StoredReview = { number, branch, title, body, state: 'open', stage, comments: [] };
    if (open === undefined && !(await records.create(base === undefined ? made : { ...made, base })))
      continue;
    await showReview(house.gallery, number);
    return asReviewHere(records, open ?? mustRead(records, number));
  }
}

/** What the branch is compared with: where it left the default branch or what was merged since. */
async function findBase(house: House, tip: string): Promise<string | undefined> {
  const { git } = house.repository;
  const heads = [await fetchBase(house), await house.repository.tip(defaultBranch)];
  const bases: string[] = [];
  for (const head of heads) {
    if (head === undefined) continue;
    const answer = await git.ask(['merge-base', head, tip]);
    if (answer.code === 0) bases.push(answer.stdout.toString().trim());
  }
  const [first, second] = bases;
  if (first === undefined || second === undefined) return first ?? second;
  return (await git.ask(['merge-base', '--is-ancestor', first, second])).code === 0 ? second : first;
}

async function mergeReview(house: House, number: number): Promise<void> {
  const { repository, records } = house;
  const review = mustRead(records, number);
  if (review.state !== 'open') return;
  const tip = await repository.tip(review.branch);
  if (tip === undefined) throw refusal('merge', `the branch ${review.branch} is gone`);
  const paths = await repository.changedFiles(review.base, tip);
  await repository.merge(tip, paths, review.base, `${review.title} (#${number})\n`);
  await change(house, number, (now) => (now.state === 'open' ? { ...now, state: 'merged' } : now));
}

/** The commit checked out in the user's folder, brought into the bare repository. */
async function fetchBase(house: House): Promise<string | undefined> {
  const head = await house.work.head();
  if (head !== undefined) await house.work.fetchInto(house.repository, head);
  return head;
}

async function change(
  house: House,
  number: number,
  decide: (now: StoredReview) => StoredReview,
): Promise<void> {
  await withFileErrors({ service, operation: 'change review', what: String(number) }, async () => {
    mustRead(house.records, number);
    await house.records.change(number, decide);
    await showReview(house.gallery, number);
  });
}

async function showWhere(house: House, wanted: (review: StoredReview) => boolean): Promise<void> {
  for (const number of house.records.numbers()) {
    const review = house.records.read(number);
    if (review !== undefined && wanted(review)) await showReview(house.gallery, number);
  }
}

function newestOf(records: Records, wanted: (review: StoredReview) => boolean): StoredReview | undefined {
  for (const number of records.numbers().toReversed()) {
    const review = records.read(number);
    if (review !== undefined && wanted(review)) return review;
  }
  return undefined;
}

function mustRead(records: Records, number: number): StoredReview {
  const review = records.read(number);
  if (review === undefined) throw refusal('find', `there is no review ${number}`);
  return review;
}

const asReview = (records: Records, review: StoredReview | undefined) =>
  review === undefined ? undefined : asReviewHere(records, review);

function asReviewHere(records: Records, review: StoredReview): Review {
  const { number, branch, state, stage, title, body } = review;
  const url = pathToFileURL(join(records.folder(number), 'index.html')).href;
  return { number, branch, state, stage, title, body, url };
}

const isDefault = (name: string | undefined): name is undefined | typeof defaultBranch =>
  name === undefined || name === defaultBranch;

const refusal = (operation: string, reason: string) =>
  new RemoteError({ service, operation }, `${service}: cannot ${operation}: ${reason}`);

const checkFolder = (folder: string) => {
  const plain = folder.replace(/\/$/, '');
  return plain === '' ? '' : checkPath(plain);
};

/** Paths come in safe; one that is not is a bug of the caller's and must not leave the folder. */
function checkPath(path: string): string {
  const parts = path.split('/');
  const bad =
    parts.some((part) => ['', '.', '..', '.git'].includes(part.toLowerCase())) || /[\0\n]/.test(path);
  if (!bad) return path;
  throw new ConfigurationError({ file: path, message: 'is no path inside the repository' });
}
