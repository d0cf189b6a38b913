import { expect, test } from 'vitest';
import { openGithubForge } from '../../../src/forge/github.ts';

const urlOf = async (serverUrl?: string) => {
  const forge = await openGithubForge({
    repository: 'lab/grids',
    token: 'x',
    ...(serverUrl && { serverUrl }),
  });
  return forge.workflowUrl?.('rerun.yml');
};

test('a workflow is started on its page, which a mail leads to as well', async () => {
  expect(await urlOf()).toBe('https://github.com/lab/grids/actions/workflows/rerun.yml');
});

test('the page of a workflow is on the server that the repository is on', async () => {
  expect(await urlOf('https://github.lab.example/')).toBe(
    'https://github.lab.example/lab/grids/actions/workflows/rerun.yml',
  );
});
