import { createHash } from 'node:crypto';
import { RemoteError } from '../../src/errors.ts';
import { composeBody, composeComment, decideUpdate, isComment } from '../../src/forge/body.ts';
import type {
  CommitRequest,
  CommitStatus,
  Forge,
  NewReview,
  Review,
  ReviewUpdate,
} from '../../src/forge/forge.ts';

type Files = ReadonlyMap<string, string>;

/** A forge for thousands of stories. It passes the contract's suite; like GitHub it opens no review of nothing. */
export class MemoryForge implements Forge {
  readonly name = 'memory';
  readonly repository = 'lab/grids';
  readonly reviews: Review[] = [];
  readonly statuses = new Map<string, Map<string, CommitStatus>>();
  readonly comments = new Map<number, string[]>();
  readonly #commits = new Map<string, Files>();
  readonly #branches = new Map<string, string>();
  /** Tips that were merged, by branch. */
  readonly #merged = new Map<string, string>();
  #made = 0;

  constructor(files: Readonly<Record<string, string>> = {}) {
    const entries = Object.entries(files).map(([path, text]) => [path, Buffer.from(text).toString('latin1')]);
    this.#commit('main', new Map(entries as [string, string][])); // pairs of path and bytes
  }

  #commit(branch: string, files: Files): string {
    this.#made += 1;
    const commit = createHash('sha1').update(String(this.#made)).digest('hex');
    this.#commits.set(commit, files);
    this.#branches.set(branch, commit);
    return commit;
  }

  #at(at = 'main'): Files | undefined {
    return this.#commits.get(this.#branches.get(at) ?? at);
  }

  async readFile(path: string, at?: string) {
    const bytes = this.#at(at)?.get(path);
    return bytes === undefined ? undefined : new Uint8Array(Buffer.from(bytes, 'latin1'));
  }

  async listFiles(folder: string, at?: string) {
    const paths = [...(this.#at(at)?.keys() ?? [])].filter((path) => path.startsWith(`${folder}/`));
    return paths.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  async changedFiles(number: number) {
    const { branch } = this.#review(number);
    const main = this.#at() ?? new Map();
    const changed = [...(this.#at(branch) ?? [])].filter(([path, bytes]) => main.get(path) !== bytes);
    return changed.map(([path]) => path).sort();
  }

  async head(branch = 'main') {
    return this.#branches.get(branch);
  }

  async upsertComment(number: number, marker: string, body: string) {
    const there = this.comments.get(number) ?? [];
    const others = there.filter((comment) => !isComment(marker, comment));
    const text = composeComment(marker, body);
    const kept = others.length < there.length;
    this.comments.set(
      number,
      kept ? there.map((one) => (isComment(marker, one) ? text : one)) : [...there, text],
    );
  }

  async findReview(branch: string) {
    return this.reviews.findLast((review) => review.branch === branch);
  }

  async openReview({ branch, title, body, version, stage }: NewReview) {
    const open = this.reviews.find((review) => review.branch === branch && review.state === 'open');
    if (open !== undefined) return open;
    const tip = this.#branches.get(branch);
    if (tip === undefined || tip === this.#merged.get(branch)) {
      throw new RemoteError({ service: 'forge', operation: 'open' }, `${branch} has no commit of its own`);
    }
    const number = this.reviews.length + 1;
    const text = composeBody(body, version);
    this.reviews.push({
      number,
      branch,
      title,
      body: text,
      state: 'open',
      stage,
      url: `https://forge.test/${number}`,
    });
    return this.#review(number);
  }

  async updateReview(number: number, update: ReviewUpdate) {
    const decision = decideUpdate(this.#review(number), update);
    if (decision.outcome === 'updated') {
      this.change(number, { title: decision.title, body: decision.body });
    }
    return decision.outcome;
  }

  async setStage(number: number, stage: 'draft' | 'ready') {
    this.change(number, { stage });
  }

  async commitFiles({ branch, expectedHead, files }: CommitRequest) {
    const head = this.#branches.get(branch);
    const before = this.#at(head) ?? new Map();
    const written = files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString('latin1')] as const);
    if (written.every(([path, bytes]) => before.get(path) === bytes)) {
      return { outcome: 'unchanged', commit: head ?? this.#branches.get('main') ?? '' } as const;
    }
    if (head !== expectedHead) return { outcome: 'moved', head } as const;
    return { outcome: 'committed', commit: this.#commit(branch, new Map([...before, ...written])) } as const;
  }

  fileUrl(path: string, commit: string) {
    return `${commit}/${encodeURIComponent(path).replaceAll('(', '%28').replaceAll(')', '%29')}`;
  }

  async setStatus(commit: string, status: CommitStatus) {
    const of = this.statuses.get(commit) ?? new Map();
    this.statuses.set(commit, of.set(status.context, status));
  }

  merge(number: number): void {
    const { branch } = this.#review(number);
    const tip = this.#branches.get(branch) ?? '';
    this.#commit('main', new Map([...(this.#at() ?? []), ...(this.#at(branch) ?? [])]));
    this.#merged.set(branch, tip);
    this.change(number, { state: 'merged' });
  }

  change(number: number, changes: Partial<Review>): void {
    this.reviews[number - 1] = { ...this.#review(number), ...changes };
  }

  #review(number: number): Review {
    const review = this.reviews[number - 1];
    if (review === undefined) throw new Error(`no review ${number}`);
    return review;
  }
}
