import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type Resources, rightsPage } from './rights-page.ts';
import { settingsSchema } from './settings.ts';
import { settingsPage } from './settings-page.ts';
import { makeStacks } from './stack/stacks.ts';

/** What the page of rights shows: everything switched on. */
const everything = settingsSchema.parse({
  github: { repository: 'lab/grids', owner_id: 123456, repository_id: 456789 },
  events: { secret: 'muster/github' },
  storage: { inputs: ['scedc-pds'] },
  metrics: true,
});

export interface Page {
  readonly url: URL;
  readonly text: string;
}

/** Pages below docs/ that are written from what stands here. */
export function pages(): readonly Page[] {
  const head = readFileSync(new URL('infra-guide.md', import.meta.url), 'utf8');
  return [
    { url: new URL('../docs/infra.md', import.meta.url), text: settingsPage(head) },
    { url: new URL('../docs/infra-rights.md', import.meta.url), text: rightsPage(synthesized()) },
  ];
}

function synthesized(): Resources {
  const templates = makeStacks(new App({ analyticsReporting: false }), everything).map((stack) =>
    Template.fromStack(stack).toJSON(),
  );
  return { Resources: Object.assign({}, ...templates.map(({ Resources }) => Resources)) };
}
