import { readFileSync, writeFileSync } from 'node:fs';
import { pages } from './pages.ts';

// `npm run infra -- docs [--check]`.
const stale = pages().filter(({ url, text }) => readFileSync(url, { encoding: 'utf8', flag: 'a+' }) !== text);
if (process.argv.includes('--check')) {
  for (const { url } of stale)
    console.error(`${url.pathname} is not what infra/ says: npm run infra -- docs`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { url, text } of stale) writeFileSync(url, text);
}
