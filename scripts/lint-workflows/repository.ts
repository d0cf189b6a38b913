import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { readWorkflow, type Workflow } from './workflow.ts';

/** What the rules look at: the workflows, and what they use of this repository. */
export interface Repository {
  readonly root: string;
  readonly workflows: readonly Workflow[];
  /** By folder below the root: `actions/plan-grid`. */
  readonly actions: ReadonlyMap<string, Action>;
}

export interface Action {
  readonly inputs: ReadonlyMap<string, { readonly required: boolean }>;
  readonly outputs: ReadonlySet<string>;
  /** Below the action's folder. */
  readonly main: string;
  readonly hasMain: boolean;
}

/** Stricter than GitHub: everything is described, and Node 24 is the only runtime there is (GH 1.2). */
const actionSchema = z.looseObject({
  name: z.string(),
  description: z.string(),
  inputs: z
    .record(
      z.string(),
      z.strictObject({
        description: z.string().min(1),
        required: z.boolean().default(false),
        default: z.string().exactOptional(),
      }),
    )
    .default({}),
  outputs: z.record(z.string(), z.strictObject({ description: z.string().min(1) })).default({}),
  runs: z.strictObject({ using: z.literal('node24'), main: z.literal('dist/index.mjs') }),
});

/** Throws where a workflow is no YAML or an action is not described. */
export function readRepository(root: string): Repository {
  const folder = '.github/workflows';
  const workflows = namesIn(join(root, folder))
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => `${folder}/${name}`)
    .map((path) => readWorkflow(path, readFileSync(join(root, path), 'utf8')));
  const actions = namesIn(join(root, 'actions'))
    .filter((name) => existsSync(join(root, 'actions', name, 'action.yml')))
    .map((name) => [`actions/${name}`, readAction(root, `actions/${name}`)] as const);
  return { root, workflows, actions: new Map(actions) };
}

const namesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder).sort() : []);

function readAction(root: string, folder: string): Action {
  const path = `${folder}/action.yml`;
  const parsed = actionSchema.safeParse(parse(readFileSync(join(root, path), 'utf8')));
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  const { inputs, outputs, runs } = parsed.data;
  return {
    inputs: new Map(Object.entries(inputs)),
    outputs: new Set(Object.keys(outputs)),
    main: runs.main,
    hasMain: existsSync(join(root, folder, runs.main)),
  };
}
