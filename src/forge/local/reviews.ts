import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type RecordFile, recordFile } from '../../files/record.ts';
import type { Staging } from '../../files/staging.ts';
import type { CommitStatus } from '../forge.ts';

const storedReview = z.object({
  number: z.int().positive(),
  branch: z.string(),
  title: z.string(),
  body: z.string(),
  state: z.enum(['open', 'merged', 'closed']),
  stage: z.enum(['draft', 'ready']),
  /** The commit the branch is compared with; absent for a branch without a past. */
  base: z.string().optional(),
  comments: z.array(z.object({ marker: z.string(), body: z.string() })),
});
export type StoredReview = z.infer<typeof storedReview>;

const storedStatus = z.object({
  context: z.string(),
  state: z.enum(['pending', 'success', 'failure', 'error']),
  description: z.string(),
  url: z.string().optional(),
});
const storedStatuses = z.array(storedStatus);

/** Reviews and commit statuses, each a record that changes by compare-and-swap. */
export interface Records {
  numbers(): readonly number[];
  read(number: number): StoredReview | undefined;
  /** False when somebody else took this number. */
  create(review: StoredReview): Promise<boolean>;
  /** Throws nothing and does nothing for a review that is not there. */
  change(number: number, decide: (now: StoredReview) => StoredReview): Promise<StoredReview | undefined>;
  statuses(commit: string): readonly CommitStatus[];
  setStatus(commit: string, status: CommitStatus): Promise<void>;
  /** `reviews/<number>` of the forge's folder. */
  folder(number: number): string;
}

export function openRecords(forgeDir: string, staging: Staging): Records {
  const reviews = join(forgeDir, 'reviews');
  mkdirSync(reviews, { recursive: true });
  const folder = (number: number) => join(reviews, String(number));
  const review = (number: number) => recordFile(join(folder(number), '.versions'), staging);
  const status = (commit: string) => recordFile(join(forgeDir, 'statuses', commit), staging);

  return {
    folder,
    numbers: () =>
      readdirSync(reviews)
        .filter((name) => /^[1-9]\d*$/.test(name) && existsSync(join(reviews, name, '.versions')))
        .map(Number)
        .sort((a, b) => a - b),
    read: (number) => parseReview(review(number).read()),
    create: (made) => review(made.number).create(print(made)),
    async change(number, decide) {
      await review(number).change((now) => {
        const parsed = parseReview(now);
        return parsed === undefined ? undefined : print(decide(parsed));
      });
      return parseReview(review(number).read());
    },
    statuses: (commit) => readStatuses(status(commit)),
    async setStatus(commit, wanted) {
      await status(commit).change((now) => {
        const others = parseStatuses(now).filter((one) => one.context !== wanted.context);
        const all = [...others, wanted].sort((a, b) => (a.context < b.context ? -1 : 1));
        return print(all);
      });
    },
  };
}

const print = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

const parseReview = (text: string | undefined) =>
  text === undefined ? undefined : storedReview.parse(JSON.parse(text));

const readStatuses = (record: RecordFile) => parseStatuses(record.read());

function parseStatuses(text: string | undefined): readonly CommitStatus[] {
  if (text === undefined) return [];
  return storedStatuses.parse(JSON.parse(text)).map(({ url, ...status }) => ({
    ...status,
    ...(url === undefined ? {} : { url }),
  }));
}
