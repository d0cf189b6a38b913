import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Settings, settingsSchema } from './settings.ts';

/** Of people: not in the repository of Muster, but in that of a lab. */
export const settingsFile = new URL('muster.infra.yaml', import.meta.url);

/** Without the file everything has its default. */
export function readSettings(file: URL | string = settingsFile): Settings {
  return existsSync(file)
    ? parseSettings(readFileSync(file, 'utf8'), String(file))
    : settingsSchema.parse({});
}

/** @throws {Error} with every mistake and its place. */
export function parseSettings(text: string, name = 'muster.infra.yaml'): Settings {
  const read = settingsSchema.safeParse(parse(text) ?? {});
  if (read.success) return read.data;
  throw new Error(`${name} is not valid:\n${z.prettifyError(read.error)}\nEvery key: docs/infra.md`);
}
