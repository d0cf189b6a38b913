import { readFileSync } from 'node:fs';
import { advance, head, start } from './chain.ts';
import { isMissing } from './faults.ts';
import type { Staging } from './staging.ts';

/** A record kept in a chain: read as text, changed by compare-and-swap, repeated until it holds. */
export interface RecordFile {
  /** The newest text; `undefined` when there is none. */
  read(): string | undefined;
  /** Writes what `decide` makes of the newest text; nothing, where it gives `undefined`. */
  change(decide: (now: string | undefined) => string | undefined): Promise<void>;
  /** Makes the record; false when there is one. */
  create(text: string): Promise<boolean>;
}

export function recordFile(chain: string, staging: Staging): RecordFile {
  function readNewest() {
    for (;;) {
      const newest = head(chain);
      if (newest === undefined) return undefined;
      try {
        return { head: newest, text: readFileSync(newest.file, 'utf8') };
      } catch (error) {
        if (!isMissing(error)) throw error; // The head has moved: look again.
      }
    }
  }
  async function create(text: string): Promise<boolean> {
    using staged = await staging.write(text);
    return start(chain, { number: 1, content: staged.path, staging: staging.folder }) !== undefined;
  }
  return {
    read: () => readNewest()?.text,
    create,
    async change(decide) {
      for (;;) {
        const now = readNewest();
        const next = decide(now?.text);
        if (next === undefined || next === now?.text) return;
        if (now === undefined) {
          if (await create(next)) return;
          continue;
        }
        using staged = await staging.write(next);
        if (advance(chain, now.head, staged.path) !== undefined) return;
      }
    },
  };
}
