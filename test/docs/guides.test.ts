import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { commands } from '../../src/cli/commands.ts';
import { readWorkflows } from '../../src/doctor/workflows.ts';
import { contexts } from '../../src/report/progress-status.ts';
import { configurationSchema } from '../../src/run/configuration-schema.ts';

/** What the guides tell people to type, press and set has to be there. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const guides = ['docs/setup.md', 'docs/operate.md'] as const;
const unique = (names: Iterable<string>) => [...new Set(names)].sort();
const found = (text: string, pattern: RegExp) => Array.from(text.matchAll(pattern), ([, name = '']) => name);

const setup = read('docs/setup.md');
const needs = readWorkflows(root);
const variables = unique(
  needs.files.flatMap((name) => found(read(`.github/workflows/${name}`), /\bvars\.(\w+)/g)),
);

const dispatchSchema = z.object({
  on: z.object({ workflow_dispatch: z.object({ inputs: z.record(z.string(), z.unknown()) }).optional() }),
});
const inputsOf = (file: string) =>
  Object.keys(
    dispatchSchema.parse(parse(read(`.github/workflows/${file}`))).on.workflow_dispatch?.inputs ?? {},
  );

/** Commands of a page, without what is said behind `#`. */
const shellOf = (text: string) =>
  found(text, /```sh\n([\s\S]*?)```/g).flatMap((block) =>
    block.split('\n').map((line) => line.replace(/\s+#.*$/, '')),
  );

describe.each(guides)('%s', (guide) => {
  const text = read(guide);

  test('names workflows that exist, but for the one it adds', () => {
    const added = found(text, /^# \.github\/workflows\/([\w-]+\.yml)$/gm);
    const named = unique(found(text, /`(?:\.github\/workflows\/)?([a-z]+\.yml)`/g));
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((name) => !added.includes(name) && !needs.files.includes(name))).toEqual([]);
  });

  test('starts workflows with inputs that they have', () => {
    const starts = [...text.matchAll(/gh workflow run (\S+\.yml)([^`\n]*)/g)];
    expect(starts.length).toBeGreaterThan(1);
    for (const [, file = '', fields = ''] of starts) {
      const given = found(fields, /-f '?([\w-]+)=/g);
      expect({ file, unknown: given.filter((name) => !inputsOf(file).includes(name)) }).toEqual({
        file,
        unknown: [],
      });
    }
  });

  test('types commands and options of muster that exist', () => {
    const lines = [...shellOf(text), ...found(text, /`(muster [^`]+)`/g)].filter((line) =>
      line.startsWith('muster '),
    );
    const known = commands(() => {});
    for (const line of lines) {
      const [, verb, ...rest] = line.split(' ');
      const command = known.find((one) => one.name() === verb);
      expect({ line, known: command !== undefined }).toEqual({ line, known: true });
      const options = rest.filter((word) => word.startsWith('--'));
      const names = command?.options.map(({ long }) => long) ?? [];
      expect(options.filter((option) => !names.includes(option))).toEqual([]);
    }
  });

  test('names limits that muster.yaml has', () => {
    const money = z.toJSONSchema(configurationSchema, { io: 'input' });
    for (const key of found(text, /`money\.(\w+)`/g)) expect(JSON.stringify(money)).toContain(`"${key}"`);
  });

  test('leads to pages, headings and pictures that are there', () => {
    const targets = [...found(text, /\]\(([^)]+)\)/g), ...found(text, /src(?:set)?="([^"]+)"/g)];
    const local = targets.filter((target) => !target.startsWith('https:'));
    expect(local.length).toBeGreaterThan(1);
    for (const target of local) {
      const [path = '', heading] = target.split('#');
      const file = join(root, dirname(guide), path);
      expect({ target, there: existsSync(file) }).toEqual({ target, there: true });
      if (heading !== undefined) expect(headings(readFileSync(file, 'utf8'))).toContain(heading);
    }
  });

  test('names commit statuses that are set', () => {
    for (const context of found(text, /`(muster\/[a-z]+)`/g))
      expect(Object.values(contexts)).toContain(context);
  });
});

/** As GitHub makes addresses of them. */
const headings = (text: string) =>
  found(text, /^#+ (.+)$/gm).map((title) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

describe('the setup', () => {
  test('tells every workflow that is there, but our own checks', () => {
    const told = unique(found(setup, /^\| `([a-z]+\.yml)` \|/gm));
    expect(told).toEqual(needs.files.filter((name) => name !== 'ci.yml').toSorted());
  });

  test('copies the same workflows', () => {
    const [copied = ''] = found(setup, /^for name in ([a-z ]+); do\n {2}cp/gm);
    expect(unique(copied.split(' ').map((name) => `${name}.yml`))).toEqual(
      unique(found(setup, /^\| `([a-z]+\.yml)` \|/gm)),
    );
  });

  test('sets the variables that workflows read, no more and no fewer', () => {
    expect(unique(found(setup, /gh variable set (\w+)/g))).toEqual(variables);
  });

  test('gives every role its row', () => {
    const roles = variables.filter((name) => name.startsWith('MUSTER_'));
    expect(unique(found(setup, /^\| `(MUSTER_\w+)` \|/gm))).toEqual(roles);
  });

  test('makes the environments that jobs run in, no more and no fewer', () => {
    const computed = needs.files.flatMap((name) =>
      found(read(`.github/workflows/${name}`), /name: \$\{\{ (.*) \}\}$/gm).flatMap((words) =>
        found(words, /&& '(\w+)' \|\|/g),
      ),
    );
    const [made = ''] = found(setup, /^for name in ([a-z ]+); do\n {2}gh api/gm);
    expect(unique(made.split(' '))).toEqual(unique([...needs.environments, ...computed]));
    expect(unique(found(setup, /^\| `([a-z]+)` \|/gm))).toEqual(unique(made.split(' ')));
  });

  test('has each role trust the environments of its jobs, in both forms of a subject', () => {
    for (const environment of found(setup, /:environment:(\w+)`/g))
      expect(needs.environments).toContain(environment);
    const subjects = found(setup, /"(repo:[^"\\]+:environment:\w+)"/g);
    const plain = subjects.filter((subject) => !subject.includes('@'));
    expect(plain).toEqual(['repo:lab/binaries:environment:launch', 'repo:lab/binaries:environment:spend']);
    const withIds = plain.map((subject) => subject.replace('lab/binaries', 'lab@123456/binaries@456789'));
    expect(unique(subjects)).toEqual(unique([...plain, ...withIds]));
    expect(subjects.join()).not.toContain('*');
  });

  test('shows the owners as our example has them', () => {
    const paths = (text: string) => found(text, /^(\/\S+) +@/gm);
    expect(paths(setup)).toEqual(paths(read('.github/CODEOWNERS.example')));
  });

  test('copies what is there', () => {
    for (const path of found(setup, /\.\.\/muster\/([\w./-]+?)(?=[\s/]*\$|\s|$)/gm))
      expect(existsSync(join(root, path))).toBe(true);
    expect(readdirSync(join(root, 'actions')).length).toBeGreaterThan(7);
  });

  test('turns the launch of the demo on where its grid says it is off', () => {
    expect(setup).toContain("sed -i 's/on: manual/on: commit/' grids/demo.yaml");
    expect(read('grids/demo.yaml')).toContain('on: manual');
  });
});
