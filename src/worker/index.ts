import { sameWork } from '../grid/identity.ts';
import { resolveProgram } from '../grid/resolve.ts';
import { openStore } from '../store/open.ts';
import { runWorker } from './main.ts';
import { processEvents, version } from './process-events.ts';

process.exit(
  await runWorker(process.env, { openStore, resolveProgram, sameWork, version, ...processEvents }),
);
