import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What the workflows of a repository take for granted, read from its files. */
export interface WorkflowNeeds {
  /** File names below `.github/workflows`. */
  readonly files: readonly string[];
  readonly variables: readonly VariableUse[];
  /** Those named as they are; one that is computed cannot be looked up. */
  readonly environments: readonly string[];
}

/** A variable that is read as `vars.<name>`. */
export interface VariableUse {
  /** In capitals: GitHub does not tell them apart by case. */
  readonly name: string;
  /**
   * Environments of the jobs that do not get along without it, each having its own variables; `''`: none, `*`: one that
   * is computed.
   */
  readonly neededIn: readonly string[];
  /** A step assumes the role that it names. */
  readonly isRole: boolean;
}

export function readWorkflows(root: string): WorkflowNeeds {
  const folder = join(root, '.github', 'workflows');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
  const workflows = files.map((name) => readYaml(join(folder, name)));
  const environments = workflows.flatMap((workflow) => jobsOf(workflow).map(environmentOf));
  return {
    files,
    variables: usesOf(workflows.flatMap(needsIn)),
    environments: unique(environments.filter((name) => name !== '' && name !== '*')),
  };
}

/** One that is no YAML is GitHub's to complain about. */
function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

const jobsOf = (workflow: unknown): readonly unknown[] =>
  isObject(workflow) && isObject(workflow.jobs) ? Object.values(workflow.jobs) : [];

/** `''`: it has none; `*`: it is computed. */
function environmentOf(job: unknown): string {
  const environment = isObject(job) ? job.environment : undefined;
  const name = isObject(environment) ? environment.name : environment;
  if (typeof name !== 'string') return '';
  return name.includes('${{') ? '*' : name;
}

/** One place of a file that reads a variable. */
interface Reading {
  readonly name: string;
  /** Of what is written there: `role-arn`, `if`. */
  readonly key: string;
  /** Its absence is thought of: it is compared, or something else stands in for it. */
  readonly isOptional: boolean;
}

type Need = Reading & { readonly neededIn?: string };

/** A workflow that asks anywhere whether a variable is there is made to do without it: its other jobs depend on that one. */
function needsIn(workflow: unknown): readonly Need[] {
  if (!isObject(workflow)) return [];
  const { jobs: _, ...head } = workflow;
  const parts = [{ part: head, place: '' }, ...jobsOf(workflow).map(placed)];
  const readings = parts.flatMap(({ part, place }) =>
    readingsIn(part).map((reading) => ({ ...reading, place })),
  );
  const tested = new Set(readings.filter(({ key }) => key === 'if').map(({ name }) => name));
  return readings.map(({ place, ...reading }): Need => {
    const isNeeded = !reading.isOptional && !tested.has(reading.name);
    return isNeeded ? { ...reading, neededIn: place } : reading;
  });
}

const placed = (job: unknown) => ({ part: job, place: environmentOf(job) });

function readingsIn(value: unknown, key = ''): readonly Reading[] {
  if (Array.isArray(value)) return value.flatMap((one) => readingsIn(one, key));
  if (isObject(value)) return Object.entries(value).flatMap(([inner, one]) => readingsIn(one, inner));
  if (typeof value !== 'string') return [];
  const expressions =
    key === 'if' ? [value] : Array.from(value.matchAll(/\$\{\{(.*?)\}\}/gs), ([, one = '']) => one);
  return expressions.flatMap((expression) =>
    Array.from(expression.matchAll(/\bvars\.(\w+)(\s*(?:\|\||&&|[=!]=))?/g), ([, name = '', sign]) => ({
      name: name.toUpperCase(),
      key,
      // Without a region, Muster's actions take that of muster.yaml.
      isOptional: sign !== undefined || key === 'region',
    })),
  );
}

/** The inputs of Muster's actions, and of AWS's own, that name a role. */
const roleInputs: ReadonlySet<string> = new Set(['role-arn', 'role-to-assume']);

function usesOf(needs: readonly Need[]): readonly VariableUse[] {
  return unique(needs.map(({ name }) => name)).map((name) => {
    const own = needs.filter((one) => one.name === name);
    return {
      name,
      neededIn: unique(own.flatMap(({ neededIn }) => (neededIn === undefined ? [] : [neededIn]))),
      isRole: own.some(({ key }) => roleInputs.has(key)),
    };
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const unique = (names: readonly string[]) => [...new Set(names)].sort();
