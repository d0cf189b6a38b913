import type { Forge } from '../forge/forge.ts';
import { type Controls, terminal, type Workflow, workflows } from '../report/controls.ts';

/** How the people of a forge act: by its workflows, where it has any. */
export function controlsOf(forge: Pick<Forge, 'workflowUrl'>): Controls {
  const urlOf = forge.workflowUrl?.bind(forge);
  if (urlOf === undefined) return terminal;
  const pages = Object.fromEntries(workflows.map((name) => [name, urlOf(`${name}.yml`)]));
  return { by: 'workflows', pages: pages as Record<Workflow, string> }; // an entry for each of them
}
