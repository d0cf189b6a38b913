import { describeEngine } from '../../contract/engine.ts';
import { openAt, temporaryFolder, until } from './local-harness.ts';

describeEngine('local', async () => {
  const folder = await temporaryFolder();
  const engine = await openAt(folder.path);
  const hosting = engine.host({ stay: true });
  return {
    engine,
    queue: 'local',
    otherQueue: 'other',
    until,
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await hosting;
      await folder[Symbol.asyncDispose]();
    },
  };
});
