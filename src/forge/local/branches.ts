import { defaultBranch, type House, isDefault, mustRead } from './house.ts';
import type { WorkFolder } from './work-folder.ts';

export async function readFile(house: House, path: string, at?: string): Promise<Uint8Array | undefined> {
  const { repository, work } = house;
  if (isDefault(at)) {
    const own = await work.readFile(path);
    if (own !== undefined) return own;
  }
  const commit = await repository.tip(at ?? defaultBranch);
  if (commit !== undefined) return repository.readFile(commit, work.prefix + path);
  return !isDefault(at) && (await isKnown(work, at)) ? work.readFile(path, at) : undefined;
}

export async function listFiles(house: House, folder: string, at?: string): Promise<readonly string[]> {
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

export async function changedFiles(house: House, number: number): Promise<readonly string[]> {
  const { repository, work } = house;
  const review = mustRead(house.records, number);
  const tip = await repository.tip(review.branch);
  if (tip === undefined) return [];
  const paths = await repository.changedFiles(review.base, tip);
  return paths.filter((path) => path.startsWith(work.prefix)).map((path) => path.slice(work.prefix.length));
}

/** What the branch is compared with: where it left the default branch or what was merged since. */
export async function findBase(house: House, tip: string): Promise<string | undefined> {
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

/** The commit checked out in the user's folder, brought into the bare repository. */
export async function fetchBase(house: House): Promise<string | undefined> {
  const head = await house.work.head();
  if (head !== undefined) await house.work.fetchInto(house.repository, head);
  return head;
}
