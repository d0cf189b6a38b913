import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleProgram } from '../bundle.ts';
import { cacheOf } from './program.ts';

/** GitHub's language service. It has to be bundled before Node can load it (GH 8.2). */
export async function openLanguageService(): Promise<typeof import('./language-service.ts')> {
  const bundle = join(cacheOf('language-service'), `${process.pid}.mjs`);
  mkdirSync(dirname(bundle), { recursive: true });
  await bundleProgram(fileURLToPath(new URL('./language-service.ts', import.meta.url)), bundle);
  return import(pathToFileURL(bundle).href);
}
