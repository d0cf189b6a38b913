import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openImageRoom } from '../../src/image/room.ts';
import { scriptedEcr } from './ecr/wire.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-room-'));
const program = join(folder, 'docker');
beforeAll(() => {
  writeFileSync(
    program,
    `#!/bin/sh\necho "$@" >> ${folder}/calls\ncase "$1" in login) cat > ${folder}/input;; esac\n`,
  );
  chmodSync(program, 0o755);
  vi.stubEnv('DOCKER_CONFIG', folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const registry = '123456789012.dkr.ecr.us-west-2.amazonaws.com';

test('Docker is logged in to ECR once, with a token', async () => {
  const authorizationToken = Buffer.from('AWS:token').toString('base64');
  const aws = await scriptedEcr({
    GetAuthorizationToken: [{ body: { authorizationData: [{ authorizationToken }] } }],
  });
  await using room = await openImageRoom({ aws, program });
  await room.login(registry);
  await room.login(registry);
  const calls = readFileSync(join(folder, 'calls'), 'utf8').split('\n');
  expect(calls.filter((line) => line.startsWith('login'))).toEqual([
    `login --username AWS --password-stdin ${registry}`,
  ]);
  expect(readFileSync(join(folder, 'input'), 'utf8')).toBe('token');
});

test('what `docker login` has kept is left to Docker', async () => {
  const auths = { 'ghcr.io': { auth: Buffer.from('me:p').toString('base64') } };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }));
  rmSync(join(folder, 'calls'), { force: true });
  await using room = await openImageRoom({ program });
  await room.login('ghcr.io');
  expect(readFileSync(join(folder, 'calls'), 'utf8')).not.toContain('login');
});
