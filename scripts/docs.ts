// Writes the JSON Schemas and references of grid files and of muster.yaml from the schemas in code, the page of codes, and a page for each action from its action.yml; `--check` only says whether they are stale.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { referencePage, schemaDocument } from '../src/grid/reference-page.ts';
import { codesPage } from '../src/preflight/codes-page.ts';
import { configurationDocument, configurationPage } from '../src/run/configuration-page.ts';
import { actionPage } from './action-page.ts';

const folder = new URL('../', import.meta.url);
const actions = readdirSync(new URL('actions/', folder)).filter((name) =>
  existsSync(new URL(`actions/${name}/action.yml`, folder)),
);

const documents = {
  'docs/grid.schema.json': schemaDocument(),
  'docs/grid-reference.md': referencePage(),
  'docs/muster-yaml.schema.json': configurationDocument(),
  'docs/muster-yaml.md': configurationPage(),
  'docs/preflight.md': codesPage(),
  ...Object.fromEntries(
    actions.map((name) => [
      `actions/${name}/README.md`,
      actionPage(name, readFileSync(new URL(`actions/${name}/action.yml`, folder), 'utf8')),
    ]),
  ),
};

for (const [name, text] of Object.entries(documents)) {
  const path = fileURLToPath(new URL(name, folder));
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    console.error(`${name} is stale: run \`npm run docs\` and commit it.`);
    process.exitCode = 1;
  }
}
