// Writes docs/images/{plan,draft,review}-{light,dark}.png, the pictures of README and docs, from made-up runs. With a
// folder, all scenes go there instead, as pages and pictures, to be looked at: `node scripts/screenshot.ts /tmp/look`.
// Needs chromium on the machine.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { previewPage } from '../src/forge/local/preview.ts';
import { type Scene, scenes } from './screenshot/scenes.ts';

/** Blink's numbers for the colour scheme that a page is told. */
const schemes = { dark: 0, light: 1 };
const images = fileURLToPath(new URL('../docs/images', import.meta.url));

/** Draws a page: only as much of it as a reader sees first, where `height` (pixels) says so. */
function draw(page: string, picture: string, scheme: number, height: number): void {
  execFileSync(
    'chromium',
    [
      ...[
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--hide-scrollbars',
        '--allow-file-access-from-files',
      ],
      ...[`--blink-settings=preferredColorScheme=${scheme}`, `--window-size=1100,${height}`],
      ...[`--screenshot=${picture}`, pathToFileURL(page).href],
    ],
    { stdio: 'ignore' },
  );
}

function write(folder: string, { name, review, statuses, figures }: Scene): string {
  const home = join(folder, name);
  mkdirSync(join(home, 'files'), { recursive: true });
  for (const { name: file, svg } of figures) writeFileSync(join(home, 'files', file), svg);
  const page = join(home, 'index.html');
  const text = previewPage({
    repository: 'lab/binaries',
    review,
    statuses,
    files: figures.map(({ name: file }) => file),
  });
  writeFileSync(page, text.replace('local review', 'as GitHub shows it'));
  return page;
}

const [given] = process.argv.slice(2);
const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'muster-')) : resolve(given);
for (const scene of await scenes()) {
  if (given === undefined && scene.height === undefined) continue;
  const page = write(folder, scene);
  for (const [scheme, number] of Object.entries(schemes)) {
    if (given !== undefined && scheme === 'dark' && scene.height === undefined) continue;
    const picture = join(given === undefined ? images : folder, `${scene.name}-${scheme}.png`);
    draw(page, picture, number, given === undefined ? (scene.height ?? 0) : 2600);
  }
}
if (given === undefined) rmSync(folder, { recursive: true });
