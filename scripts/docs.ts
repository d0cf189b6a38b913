// Writes the JSON Schemas and references of grid files and of muster.yaml from the schemas in code, and the page of codes; `--check` only says whether they are stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { referencePage, schemaDocument } from '../src/grid/reference-page.ts';
import { codesPage } from '../src/preflight/codes-page.ts';
import { configurationDocument, configurationPage } from '../src/run/configuration-page.ts';

const documents = {
  'grid.schema.json': schemaDocument(),
  'grid-reference.md': referencePage(),
  'muster-yaml.schema.json': configurationDocument(),
  'muster-yaml.md': configurationPage(),
  'preflight.md': codesPage(),
};
const folder = new URL('../docs/', import.meta.url);

for (const [name, text] of Object.entries(documents)) {
  const path = fileURLToPath(new URL(name, folder));
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    console.error(`docs/${name} is stale: run \`npm run docs\` and commit it.`);
    process.exitCode = 1;
  }
}
