// Writes docs/images/{plan,draft,results}-{light,dark}.png, the pictures of docs/setup.md, from made-up runs. With a
// page, review-{light,dark}.png of the README from that: `node scripts/screenshot.ts .muster/forge/reviews/1/index.html`.
// With a folder, all scenes go there instead, as pages and pictures, to be looked at. Needs chromium on the machine.
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
if (given?.endsWith('.html')) {
  // From the verdict to the first map of a result.
  for (const [scheme, number] of Object.entries(schemes)) {
    draw(resolve(given), join(images, `review-${scheme}.png`), number, 1170);
  }
} else if (given === undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'muster-'));
  for (const scene of await scenes()) {
    if (scene.height !== undefined) drawScene(scene, folder, images, scene.height);
  }
  rmSync(folder, { recursive: true });
} else {
  for (const scene of await scenes()) drawScene(scene, resolve(given), resolve(given), 2600);
}

function drawScene(scene: Scene, folder: string, target: string, height: number): void {
  const page = write(folder, scene);
  for (const [scheme, number] of Object.entries(schemes)) {
    draw(page, join(target, `${scene.name}-${scheme}.png`), number, height);
  }
}
