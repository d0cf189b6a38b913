/**
 * Where people review. Branch names, paths and Markdown come in already escaped and safe.
 * Every method is idempotent: repeated with the same arguments it changes nothing and notifies nobody.
 */
export interface Forge {
  readonly name: string;
  /** `owner/name`. */
  readonly repository: string;

  /** A file as it stands at a commit, branch or the default branch; `undefined` when it is not there. */
  readFile(path: string, at?: string): Promise<Uint8Array | undefined>;
  /** Paths of all files below a folder, in the order of their UTF-8 bytes. */
  listFiles(folder: string, at?: string): Promise<readonly string[]>;
  /** Paths that a review changes against its base. */
  changedFiles(review: number): Promise<readonly string[]>;
  /** The commit at the tip of a branch (the default branch without a name); `undefined` when there is none. */
  head(branch?: string): Promise<string | undefined>;

  /** One comment per marker and review: made once, then edited in place. */
  upsertComment(review: number, marker: string, body: string): Promise<void>;

  /** The newest review of this branch, whatever its state. */
  findReview(branch: string): Promise<Review | undefined>;
  /** Opens a review of a branch that has at least one commit of its own; returns the open one if there is one. */
  openReview(review: NewReview): Promise<Review>;
  /**
   * Replaces title and body, unless the stored body carries a higher version (then `stale`) or the review is closed
   * by a person (then `closed`). Only the text between Muster's markers is replaced.
   */
  updateReview(number: number, update: ReviewUpdate): Promise<'updated' | 'unchanged' | 'stale' | 'closed'>;
  /** Draft where drafts exist, else the label `muster: running`. */
  setStage(number: number, stage: 'draft' | 'ready'): Promise<void>;

  /**
   * One commit with these files (others stay as they are) on a branch, made from the default branch when it is not
   * there. Refused (`moved`) when the branch's tip is not `expectedHead`; `undefined` expects no branch.
   * `unchanged` when the tree would be the same, whatever the tip: a repeated call finds its own commit.
   */
  commitFiles(commit: CommitRequest): Promise<CommitOutcome>;

  /** Where the text of a review finds a committed file, for its pictures. */
  fileUrl(path: string, commit: string): string;

  /** Where people start a workflow by its file (`rerun.yml`); absent on a forge whose people have a terminal. */
  workflowUrl?(file: string): string;

  /** A commit status; repeated contexts replace each other. */
  setStatus(commit: string, status: CommitStatus): Promise<void>;
}

export interface Review {
  readonly number: number;
  readonly branch: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly stage: 'draft' | 'ready';
  readonly title: string;
  readonly body: string;
  /** Where a person opens it. */
  readonly url: string;
}

export interface NewReview {
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  /** The version of the state that the body shows. */
  readonly version: number;
  readonly stage: 'draft' | 'ready';
}

export interface ReviewUpdate {
  readonly title: string;
  readonly body: string;
  readonly version: number;
}

export interface CommitRequest {
  readonly branch: string;
  readonly expectedHead: string | undefined;
  readonly message: string;
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array | string }[];
}

export type CommitOutcome =
  | { readonly outcome: 'committed' | 'unchanged'; readonly commit: string }
  | { readonly outcome: 'moved'; readonly head: string | undefined };

export interface CommitStatus {
  readonly context: string;
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  readonly description: string;
  readonly url?: string;
}
