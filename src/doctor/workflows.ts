import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { parse } from 'yaml';

/** What the workflows of a repository take for granted, read from its files. */
export interface WorkflowNeeds {
  /** File names below `.github/workflows`. */
  readonly files: readonly string[];
  /** `vars.<name>`. */
  readonly variables: readonly string[];
  /** Those named as they are; one that is computed cannot be looked up. */
  readonly environments: readonly string[];
}

export function readWorkflows(root: string): WorkflowNeeds {
  const folder = join(root, '.github', 'workflows');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
  const texts = files.map((name) => readFileSync(join(folder, name), 'utf8'));
  const variables = texts.flatMap((text) =>
    Array.from(text.matchAll(/\$\{\{[^}]*?\bvars\.(\w+)/g), ([, name = '']) => name.toUpperCase()),
  );
  const environments = texts.flatMap(environmentsIn).filter((name) => !name.includes('${{'));
  return { files, variables: unique(variables), environments: unique(environments) };
}

/** A workflow that is no YAML is GitHub's to complain about. */
function environmentsIn(text: string): readonly string[] {
  let workflow: unknown;
  try {
    workflow = parse(text);
  } catch {
    return [];
  }
  return Object.values(objectIn(workflow, 'jobs')).flatMap((job) => {
    const environment = isObject(job) ? job.environment : undefined;
    const name = isObject(environment) ? environment.name : environment;
    return typeof name === 'string' ? [name] : [];
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function objectIn(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const inner = isObject(value) ? value[key] : undefined;
  return isObject(inner) ? inner : {};
}

const unique = (names: readonly string[]) => [...new Set(names)].sort();

/** Where GitHub looks for it, in its order. */
const ownersFiles = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** The text of the file that counts; absent: there is none. */
export function readOwners(root: string): { readonly file: string; readonly text: string } | undefined {
  const file = ownersFiles.find((path) => existsSync(join(root, path)));
  return file === undefined ? undefined : { file, text: readFileSync(join(root, file), 'utf8') };
}

/** Owners of a path: of the last line that matches it, as GitHub reads it; a line without owners takes them away. */
export function ownersOf(text: string, path: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.replace(/(^|\s)#.*$/, '').trim());
  const rules = lines.filter((line) => line !== '').map((line) => line.split(/\s+/));
  const [, ...owners] = rules.findLast(([pattern = '']) => owns(pattern, path)) ?? [];
  return owners;
}

/** Patterns of `.gitignore`, without `!` and brackets, which CODEOWNERS does not know. */
function owns(pattern: string, path: string): boolean {
  const bare = pattern.replace(/^\/|\/$/g, '');
  const isAnchored = /^\/|\/(?=.)/.test(pattern);
  const globs = isAnchored ? [bare] : [bare, `**/${bare}`];
  const isFolder = pattern.endsWith('/');
  // A last part with a star names files of that folder only; any other name may be that of a folder.
  const reaches = isFolder || !/\*[^/]*$/.test(bare) || bare === '*';
  return globs.some(
    (glob) => (!isFolder && matchesGlob(path, glob)) || (reaches && matchesGlob(path, `${glob}/**`)),
  );
}
