// Writes docs/grid.schema.json and docs/grid-reference.md from the schema; `--check` only says whether they are stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { referencePage, schemaDocument } from '../src/grid/reference-page.ts';

const documents = { 'grid.schema.json': schemaDocument(), 'grid-reference.md': referencePage() };
const folder = new URL('../docs/', import.meta.url);

for (const [name, text] of Object.entries(documents)) {
  const path = fileURLToPath(new URL(name, folder));
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    console.error(`docs/${name} is stale: run \`npm run docs\` and commit it.`);
    process.exitCode = 1;
  }
}
