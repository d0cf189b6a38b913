import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMissing } from '../../files/faults.ts';
import type { Staging } from '../../files/staging.ts';
import type { Repository } from './repository.ts';
import type { Records, StoredReview } from './reviews.ts';

/** What showing a review needs. */
export interface Gallery {
  readonly records: Records;
  readonly repository: Repository;
  readonly staging: Staging;
  readonly name: string;
  /** Of paths in the repository, left out of what is shown: empty or ending with `/`. */
  readonly prefix: string;
}

/**
 * Writes `review.json`, `review.md`, `index.html` and `files/` beside each other for people. The records decide; a
 * kill here leaves an older picture until the next change or `refresh`. Repeats itself while the record moves.
 */
export async function showReview(gallery: Gallery, number: number): Promise<void> {
  for (;;) {
    const review = gallery.records.read(number);
    if (review === undefined) return;
    const tip = await gallery.repository.tip(review.branch);
    await showOnce(gallery, review, tip);
    const again = gallery.records.read(number);
    const moved = (await gallery.repository.tip(review.branch)) !== tip;
    if (!moved && JSON.stringify(again) === JSON.stringify(review)) return;
  }
}

async function showOnce(gallery: Gallery, review: StoredReview, tip: string | undefined): Promise<void> {
  const { records, repository } = gallery;
  const folder = records.folder(review.number);
  const changed = tip === undefined ? [] : await repository.changedFiles(review.base, tip);
  const files = changed
    .filter((path) => path.startsWith(gallery.prefix))
    .map((path) => path.slice(gallery.prefix.length));
  if (tip !== undefined) await showFiles(gallery, folder, tip, files);
  const statuses = tip === undefined ? [] : records.statuses(tip);
  const { previewPage } = await preview();
  const pages = {
    'review.json': `${JSON.stringify(review, undefined, 2)}\n`,
    'review.md': reviewText(review),
    'index.html': previewPage({ repository: gallery.name, review, statuses, files }),
  };
  for (const [path, text] of Object.entries(pages)) {
    await replaceFile(gallery.staging, join(folder, path), text);
  }
}

/** The branch's files, once per commit: reading each takes a process. */
async function showFiles(
  gallery: Gallery,
  folder: string,
  tip: string,
  files: readonly string[],
): Promise<void> {
  const mark = join(folder, '.tip');
  if (isSame(mark, tip)) return;
  const { documentPage, isMarkdown, pageOf } = await preview();
  for (const path of files) {
    const bytes = await gallery.repository.readFile(tip, gallery.prefix + path);
    if (bytes === undefined) continue;
    await replaceFile(gallery.staging, join(folder, 'files', path), bytes);
    if (!isMarkdown(path)) continue;
    const text = documentPage(path, Buffer.from(bytes).toString());
    await replaceFile(gallery.staging, join(folder, 'files', pageOf(path)), text);
  }
  await replaceFile(gallery.staging, mark, tip);
}

/** Its libraries are loaded when a review is shown, not with every command. */
const preview = () => import('./preview.ts');

/** Title, body and comments as one Markdown text. */
function reviewText(review: StoredReview): string {
  const comments = review.comments.map((comment) => `---\n\n${comment.body}\n`);
  return [`# ${review.title}\n`, `${review.body}\n`, ...comments].join('\n');
}

async function replaceFile(staging: Staging, path: string, bytes: Uint8Array | string): Promise<void> {
  if (isSame(path, bytes)) return;
  using staged = await staging.write(bytes);
  mkdirSync(dirname(path), { recursive: true });
  renameSync(staged.path, path);
}

function isSame(path: string, bytes: Uint8Array | string): boolean {
  try {
    return readFileSync(path).equals(Buffer.from(bytes));
  } catch (error) {
    if (isMissing(error)) return false;
    rmSync(path, { recursive: true }); // A folder of an earlier commit is where a file is now.
    return false;
  }
}
