// Writes docs/images/review-light.png and -dark.png, the pictures of the README, from a review of the demo:
// `node scripts/screenshot.ts .muster/forge/reviews/1/index.html`. Needs chromium on the machine.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [page] = process.argv.slice(2);
if (page === undefined) throw new Error('which page? node scripts/screenshot.ts <index.html>');

/** Pixels: from the verdict to the first map of a result. */
const window = '1200,1170';
/** Blink's numbers for the colour scheme that a page is told. */
const schemes = { dark: 0, light: 1 };

for (const [name, scheme] of Object.entries(schemes)) {
  const picture = fileURLToPath(new URL(`../docs/images/review-${name}.png`, import.meta.url));
  execFileSync('chromium', [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
    ...[`--blink-settings=preferredColorScheme=${scheme}`, `--window-size=${window}`],
    ...[`--screenshot=${picture}`, pathToFileURL(resolve(page)).href],
  ]);
}
