import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readWorkflows, type VariableUse } from '../../src/doctor/workflows.ts';
import { repository } from './repository.ts';

test('environments are those that jobs name', () => {
  const root = repository({
    '.github/workflows/launch.yml': `jobs:
  launch: { environment: spend }
  other: { environment: { name: poll } }
  computed: { environment: "\${{ inputs.where }}" }
`,
    '.github/workflows/broken.yml': 'jobs: [',
    '.github/workflows/readme.md': `\${{ vars.NOT_READ }}`,
  });
  expect(readWorkflows(root)).toEqual({
    files: expect.arrayContaining(['launch.yml', 'broken.yml']),
    variables: [],
    environments: ['poll', 'spend'],
  });
});

test('a repository without workflows takes nothing for granted', () => {
  expect(readWorkflows(repository({}))).toEqual({ files: [], variables: [], environments: [] });
});

const uses = (...texts: readonly string[]): readonly VariableUse[] =>
  readWorkflows(
    repository(Object.fromEntries(texts.map((text, at) => [`.github/workflows/${at}.yml`, text]))),
  ).variables;

const reads = (input: string, value: string, job = '') =>
  `jobs: { a: { ${job} steps: [{ uses: x/y, with: { ${input}: "${value}" } }] } }`;

test('a variable is needed in the environment of the job that reads it, whatever its case', () => {
  const texts = [
    reads('bucket', `\${{ vars.Bucket }}`, 'environment: spend,'),
    reads('bucket', `s3://\${{ vars.BUCKET }}/x`),
  ];
  expect(uses(...texts)).toEqual([{ name: 'BUCKET', neededIn: ['', 'spend'], isRole: false }]);
});

test('what the whole workflow reads is needed without an environment', () => {
  const text = `env: { BUCKET: "\${{ vars.BUCKET }}" }\njobs: { a: { environment: spend } }`;
  expect(uses(text)).toEqual([{ name: 'BUCKET', neededIn: [''], isRole: false }]);
});

test.each(['role-arn', 'role-to-assume'])('what goes to %s is a role', (input) => {
  expect(uses(reads(input, `\${{ vars.ROLE }}`))).toMatchObject([{ name: 'ROLE', isRole: true }]);
});

test.each([
  ['that something stands in for', reads('bucket', `\${{ vars.BUCKET || 'mine' }}`)],
  ['that is compared', reads('bucket', `\${{ vars.BUCKET != '' && 'yes' || 'no' }}`)],
  ['of a region, which muster.yaml says', reads('region', `\${{ vars.BUCKET }}`)],
  ['that a job asks for first', reads('bucket', `\${{ vars.BUCKET }}`, "if: vars.BUCKET != '',")],
])('nobody needs a variable %s', (_, text) => {
  expect(uses(text)).toEqual([{ name: 'BUCKET', neededIn: [], isRole: false }]);
});

test('a job whose environment is computed needs it somewhere', () => {
  const job = `environment: "\${{ inputs.e }}",`;
  expect(uses(reads('bucket', `\${{ vars.BUCKET }}`, job))).toMatchObject([{ neededIn: ['*'] }]);
});

test('what one workflow asks for first another may need', () => {
  const asked = reads('bucket', `\${{ vars.BUCKET }}`, "if: vars.BUCKET != '',");
  expect(uses(asked, reads('bucket', `\${{ vars.BUCKET }}`))).toMatchObject([{ neededIn: [''] }]);
});

test('a comment reads nothing', () => {
  expect(uses(`# \${{ vars.BUCKET }}\njobs: {}`)).toEqual([]);
});

test('the workflows of this repository need three roles, and get along without images and a region', () => {
  const { variables } = readWorkflows(fileURLToPath(new URL('../..', import.meta.url)));
  const needed = variables.filter(({ neededIn }) => neededIn.length > 0).map(({ name }) => name);
  expect(needed).toEqual(['MUSTER_LAUNCH_ROLE', 'MUSTER_PLAN_ROLE', 'MUSTER_WATCH_ROLE']);
  const roles = variables.filter(({ isRole }) => isRole).map(({ name }) => name);
  expect(roles).toEqual([
    'MUSTER_IMAGES_ROLE',
    'MUSTER_LAUNCH_ROLE',
    'MUSTER_PLAN_ROLE',
    'MUSTER_WATCH_ROLE',
  ]);
});
