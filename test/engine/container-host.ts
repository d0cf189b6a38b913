// Hosts a job table of containers as a process of its own, for tests that kill it.
import { containerSettings, openWithContainers } from './container-engine.ts';

const [directory = '', images = ''] = process.argv.slice(2);
const engine = await openWithContainers(
  directory,
  containerSettings(images, { forNewJobs: false, mounts: [directory] }),
);
await engine.host();
