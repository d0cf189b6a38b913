import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

/** A real COMPAS output that another program wrote, where the machine has one. */
const compressed = new URL('../../../shared/data/compas/COMPAS_Output.h5.gz', import.meta.url);
export const haveCompasFile = existsSync(compressed);
if (!haveCompasFile) console.warn(`skipped: there is no ${compressed.pathname}`);

export const compasBytes = (): Buffer => gunzipSync(readFileSync(compressed));

/** A file with these bytes, removed after the test. */
export function aFile(name: string, bytes: Uint8Array | string): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-check-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}
