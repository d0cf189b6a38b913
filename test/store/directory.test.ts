import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDirectoryStore } from '../../src/store/directory.ts';
import { describeStore } from '../contract/store.ts';

describeStore('the directory store', async () => {
  const root = mkdtempSync(join(tmpdir(), 'muster-directory-'));
  return {
    store: openDirectoryStore(root),
    dispose: async () => rmSync(root, { recursive: true, force: true }),
  };
});
