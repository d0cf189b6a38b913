import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Grid files on this machine, one folder for each that seeds have asked for. */
export class GridFolder implements Disposable {
  readonly #root = mkdtempSync(join(tmpdir(), 'muster-grids-'));
  readonly #written = new Set<string>();

  write(text: string): { readonly root: string; readonly path: string } {
    const root = join(this.#root, createHash('sha256').update(text).digest('hex').slice(0, 12));
    const path = 'grids/small.yaml';
    if (!this.#written.has(root)) {
      mkdirSync(join(root, 'grids'), { recursive: true });
      writeFileSync(join(root, path), text);
      this.#written.add(root);
    }
    return { root, path };
  }

  [Symbol.dispose](): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}
