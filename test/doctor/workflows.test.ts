import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ownersOf, readOwners, readWorkflows } from '../../src/doctor/workflows.ts';

function repository(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'muster-doctor-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('variables and environments are those that workflows name', () => {
  const root = repository({
    '.github/workflows/launch.yml': `jobs:
  launch:
    environment: spend
    steps: [{ uses: a, with: { role: "\${{ vars.AWS_ROLE }}", region: "\${{ inputs.region || vars.Region }}" } }]
  other: { environment: { name: poll } }
  computed: { environment: "\${{ inputs.where }}" }
`,
    '.github/workflows/broken.yml': 'jobs: [',
    '.github/workflows/readme.md': `\${{ vars.NOT_READ }}`,
  });
  expect(readWorkflows(root)).toEqual({
    files: expect.arrayContaining(['launch.yml', 'broken.yml']),
    variables: ['AWS_ROLE', 'REGION'],
    environments: ['poll', 'spend'],
  });
});

test('a repository without workflows takes nothing for granted', () => {
  expect(readWorkflows(repository({}))).toEqual({ files: [], variables: [], environments: [] });
});

test('of several CODEOWNERS the one that GitHub reads first counts', () => {
  const root = repository({ CODEOWNERS: '* @second', '.github/CODEOWNERS': '* @first' });
  expect(readOwners(root)).toEqual({ file: '.github/CODEOWNERS', text: '* @first' });
});

test.each([
  ['* @a', 'grids/x.yaml', ['@a']],
  ['/grids/ @a', 'grids/x.yaml', ['@a']],
  ['grids/ @a', 'grids/deep/x.yaml', ['@a']],
  ['/grids @a', 'grids/x.yaml', ['@a']],
  ['grids/** @a', 'grids/deep/x.yaml', ['@a']],
  ['grids/* @a', 'grids/x.yaml', ['@a']],
  ['grids/* @a', 'grids/deep/x.yaml', []],
  ['*.yaml @a @b', 'grids/x.yaml', ['@a', '@b']],
  ['muster.yaml @a', 'muster.yaml', ['@a']],
  ['/docs/ @a', 'grids/x.yaml', []],
  ['* @a\n/grids/ @b', 'grids/x.yaml', ['@b']],
  ['* @a\n/grids/', 'grids/x.yaml', []],
  ['# * @a\n\n* @b # everyone', 'muster.yaml', ['@b']],
  ['', 'muster.yaml', []],
])('owners by %j of %s are %j', (text, path, owners) => {
  expect(ownersOf(text, path)).toEqual(owners);
});
