import type { z } from 'zod';
import { ConfigurationError, type Problem } from '../errors.ts';
import { pricesFor } from '../money/prices.ts';
import { nearest } from '../plan/nearest.ts';
import { contradictions } from './configuration-checks.ts';
import { type Configuration, configurationSchema, fileSchema } from './configuration-schema.ts';
import { type Path, type Place, parseSource, type Source } from './configuration-source.ts';
import { allowedKeys, describeIssue } from './configuration-words.ts';

export type { Configuration } from './configuration-schema.ts';

/** `muster.yaml` as a command goes by it. */
export interface ReadConfiguration {
  readonly configuration: Configuration;
  /** Where the file says something; without a line where it is silent. */
  readonly place: (...path: readonly string[]) => Place;
  readonly says: (...path: readonly string[]) => boolean;
}

/**
 * Reads the text of `muster.yaml`, with the keys of a stage in place of its own. Throws `ConfigurationError` with the
 * place of everything wrong, in every stage.
 */
export function readConfiguration(file: string, text: string, stage?: string): ReadConfiguration {
  const source = parseSource(file, text);
  const known = Object.keys(stagesOf(source));
  const views = [viewOf(source), ...known.map((name) => viewOf(source, name))];
  const problems = [...stageProblems(source), ...views.flatMap((view) => problemsOf(source, view))];
  if (problems.length > 0) throw new ConfigurationError(problems);
  const view = views.find((one) => one.stage === stage);
  if (view === undefined) throw unknownStage(file, String(stage), known);
  return {
    configuration: configurationSchema.parse(view.value),
    place: (...path) => {
      const whole = view.whole(path);
      return source.says(whole) ? source.place(whole) : { file };
    },
    says: (...path) => source.says(view.whole(path)),
  };
}

type Keys = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Keys =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function stagesOf({ value }: Source): Readonly<Record<string, Keys>> {
  const stages = isObject(value) && isObject(value.stages) ? value.stages : {};
  return Object.fromEntries(
    Object.entries(stages).flatMap(([name, own]) => (isObject(own) ? [[name, own]] : [])),
  );
}

/** The file as it is without a stage, or with one. */
interface View {
  readonly stage: string | undefined;
  readonly value: unknown;
  /** Where a path of the view is in the file. */
  readonly whole: (path: Path) => Path;
  /** What is wrong with the file itself is told once, not again with every stage. */
  readonly owns: (path: Path) => boolean;
}

function viewOf(source: Source, stage?: string): View {
  if (!isObject(source.value)) {
    return { stage, value: source.value, whole: (path) => path, owns: () => true };
  }
  const { stages: _, ...base } = source.value;
  if (stage === undefined) return { stage, value: base, whole: (path) => path, owns: () => true };
  const own = stagesOf(source)[stage] ?? {};
  const owns = ([key]: Path) => typeof key === 'string' && Object.hasOwn(own, key);
  const whole = (path: Path) => (owns(path) ? ['stages', stage, ...path] : path);
  return { stage, value: { ...base, ...own }, whole, owns };
}

function problemsOf(source: Source, view: View): readonly Problem[] {
  const parsed = configurationSchema.safeParse(view.value);
  if (!parsed.success) return parsed.error.issues.flatMap((issue) => issueProblems(source, view, issue));
  return contradictions(parsed.data, pricesFor)
    .filter(({ path }) => view.owns(path))
    .map(({ path, message, fix }) => ({
      ...source.place(view.whole(path)),
      message: `\`${path.join('.')}\`: ${message}`,
      fix,
    }));
}

function issueProblems(source: Source, view: View, issue: z.core.$ZodIssue): readonly Problem[] {
  const told = issue.path.length === 0 ? '' : `\`${issue.path.join('.')}\`: `;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => ({ key, path: [...issue.path, key] }))
      .filter(({ path }) => view.owns(path))
      .map(({ key, path }) => ({
        ...source.keyPlace(view.whole(path)),
        message: `${told}there is no key \`${key}\``,
        fix: allowedKeys(issue.path, key),
      }));
  }
  if (!view.owns(issue.path)) return [];
  const found = issue.path.reduce(valueAt, view.value);
  const { message, ...fix } = describeIssue(issue, found);
  return [{ ...source.place(view.whole(issue.path)), message: `${told}${message}`, ...fix }];
}

const valueAt = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

/** What is wrong with the names and the shape of `stages`. */
function stageProblems(source: Source): readonly Problem[] {
  const parsed = fileSchema.safeParse(source.value);
  const issues = parsed.success ? [] : parsed.error.issues.filter(({ path }) => path[0] === 'stages');
  return issues.map((issue) => ({
    ...source.place(issue.path),
    message: `\`${issue.path.join('.')}\`: ${issue.message}`,
  }));
}

function unknownStage(file: string, stage: string, known: readonly string[]): ConfigurationError {
  const near = nearest(stage, known);
  const all = known.length === 0 ? 'It names none: add it under `stages`.' : `Stages: ${known.join(', ')}.`;
  const fix = `${near === undefined ? '' : `Did you mean \`${near}\`? `}${all}`;
  return new ConfigurationError({ file, message: `there is no stage \`${stage}\``, fix });
}
