import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { templatesOf, variants } from './synthesized.ts';

/** The interpreter of an environment with cfn-lint: `npm run infra -- test` makes one where Python is. */
const python = process.env.MUSTER_TEST_CFN_LINT;
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-cfn-lint-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lint = (files: readonly string[]) =>
  spawnSync(join(dirname(python ?? ''), 'cfn-lint'), ['--regions', 'us-east-1', '--', ...files], {
    encoding: 'utf8',
  });

test.skipIf(python === undefined)('cfn-lint finds nothing in any template', () => {
  const files = Object.values(variants).flatMap((settings, index) =>
    templatesOf(settings).map((template, part) => {
      const file = join(folder, `${index}-${part}.json`);
      writeFileSync(file, JSON.stringify(template));
      return file;
    }),
  );
  const { status, stdout, stderr } = lint(files);
  expect(`${stdout}${stderr}`.trim()).toBe('');
  expect(status).toBe(0);
});

test.skipIf(python === undefined)('cfn-lint finds what is wrong', () => {
  const file = join(folder, 'wrong.json');
  writeFileSync(
    file,
    JSON.stringify({ Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { Name: 1 } } } }),
  );
  expect(lint([file]).stdout).toContain('E3002');
});
