import { chmodSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Removes a folder and all below, also where a program has taken its own right to write away. */
export function removeTree(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    makeRemovable(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What lies in a folder can be removed by who may write, list and enter the folder. */
export function makeRemovable(folder: string): void {
  if (!lstatSync(folder).isDirectory()) return;
  chmodSync(folder, 0o700);
  for (const name of readdirSync(folder)) makeRemovable(join(folder, name));
}
