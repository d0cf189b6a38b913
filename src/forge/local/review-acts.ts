import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withFileErrors } from '../../files/faults.ts';
import { composeBody } from '../body.ts';
import type { NewReview, Review } from '../forge.ts';
import { findBase } from './branches.ts';
import { type House, mustRead, refusal, service } from './house.ts';
import type { Records, StoredReview } from './reviews.ts';
import { showReview } from './show.ts';

/** Numbers are taken one by one, so whoever loses one looks again and finds the winner's review of this branch. */
export async function openReview(house: House, wanted: NewReview): Promise<Review> {
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

export async function mergeReview(house: House, number: number): Promise<void> {
  const { repository, records } = house;
  const review = mustRead(records, number);
  if (review.state !== 'open') return;
  const tip = await repository.tip(review.branch);
  if (tip === undefined) throw refusal('merge', `the branch ${review.branch} is gone`);
  const paths = await repository.changedFiles(review.base, tip);
  await repository.merge(tip, paths, review.base, `${review.title} (#${number})\n`);
  await change(house, number, (now) => (now.state === 'open' ? { ...now, state: 'merged' } : now));
}

export async function change(
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

export async function showWhere(house: House, wanted: (review: StoredReview) => boolean): Promise<void> {
  for (const number of house.records.numbers()) {
    const review = house.records.read(number);
    if (review !== undefined && wanted(review)) await showReview(house.gallery, number);
  }
}

export function newestOf(
  records: Records,
  wanted: (review: StoredReview) => boolean,
): StoredReview | undefined {
  for (const number of records.numbers().toReversed()) {
    const review = records.read(number);
    if (review !== undefined && wanted(review)) return review;
  }
  return undefined;
}

export const asReview = (records: Records, review: StoredReview | undefined) =>
  review === undefined ? undefined : asReviewHere(records, review);

function asReviewHere(records: Records, review: StoredReview): Review {
  const { number, branch, state, stage, title, body } = review;
  const url = pathToFileURL(join(records.folder(number), 'index.html')).href;
  return { number, branch, state, stage, title, body, url };
}
