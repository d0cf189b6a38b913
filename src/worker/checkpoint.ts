import { cp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RemoteError } from '../errors.ts';
import type { Checkpoint } from '../grid/grid.ts';
import { checkpointPrefix } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { packFiles, unpackFiles } from './archive.ts';
import { filesMatching, takeInventory } from './found-files.ts';
import { oneLine } from './trouble.ts';
import type { Scratch } from './work-directory.ts';

export interface CheckpointPlace {
  readonly store: Store;
  readonly run: string;
  readonly round: number;
  /** The combination's. */
  readonly id: string;
  readonly scratch: Scratch;
  log(line: string): void;
}

/**
 * The checkpoint of one combination: saved as `000001.tar.zst`, `000002.tar.zst`, ... (the worker may create objects
 * but not replace them), the last one is restored. A program that is being read while it writes is not torn if it
 * writes to another name and renames, as checkpoints have to be written anyway.
 */
export class CheckpointKeeper {
  readonly #rule: Checkpoint;
  readonly #place: CheckpointPlace;
  readonly #prefix: string;
  #last = 0;
  #savedState = '';
  /** One after the other: they share the archive's name. */
  #saving: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(rule: Checkpoint, place: CheckpointPlace) {
    this.#rule = rule;
    this.#place = place;
    this.#prefix = checkpointPrefix(place.run, place.round, place.id);
  }

  /** Puts back what an earlier attempt saved, if one did; an archive that cannot be read gives way to the one before. */
  async restore(): Promise<void> {
    const { store, log } = this.#place;
    const saved: string[] = [];
    for await (const { key } of store.list(this.#prefix)) saved.push(key);
    this.#last = Number.parseInt(basename(saved.at(-1) ?? '0'), 10);
    for (const key of saved.toReversed()) {
      if (!(await this.#unpack(key))) continue;
      this.#savedState = this.#state().text;
      log(`restored checkpoint ${key}`);
      return;
    }
  }

  async #unpack(key: string): Promise<boolean> {
    const { store, scratch, log } = this.#place;
    const archive = join(scratch.outbox, 'restored.tar.zst');
    const folder = join(scratch.outbox, 'restored');
    try {
      if (!(await store.getFile(key, archive))) return false;
      await unpackFiles(archive, folder);
      await cp(folder, scratch.work, { recursive: true });
      return true;
    } catch (error) {
      // A store that fails now may have it at the next attempt.
      if (error instanceof RemoteError) throw error;
      log(`checkpoint ${key} cannot be used: ${oneLine(error)}`);
      return false;
    } finally {
      await rm(archive, { force: true });
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Saves now and then, until `stop`. */
  start(): void {
    this.#timer = setInterval(() => void this.save(), Math.max(1, this.#rule.everySeconds) * 1000);
    this.#timer.unref();
  }

  /** Resolves when nothing is being saved any more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#saving;
  }

  /** Saves if there is something new. Trouble is logged, not thrown: the work itself goes on without. */
  async save(): Promise<void> {
    this.#saving = this.#saving
      .then(() => this.#saveChanges())
      .catch((error: unknown) => this.#place.log(`the checkpoint could not be saved: ${oneLine(error)}`));
    await this.#saving;
  }

  async #saveChanges(): Promise<void> {
    const { text, files } = this.#state();
    if (files.length === 0 || text === this.#savedState) return;
    const archive = join(this.#place.scratch.root, 'checkpoint.tar.zst');
    await packFiles(files, archive);
    for (;;) {
      this.#last += 1;
      const key = `${this.#prefix}${String(this.#last).padStart(6, '0')}.tar.zst`;
      const put = await this.#place.store.putFile(key, archive);
      if (put.outcome === 'written') break;
    }
    await rm(archive);
    this.#savedState = text;
  }

  #state() {
    const inventory = takeInventory(this.#place.scratch.work);
    const files = filesMatching(inventory, this.#rule.path);
    return { files, text: JSON.stringify(files.map(({ path, size, changed }) => [path, size, changed])) };
  }
}
