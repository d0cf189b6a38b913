import { sameWork } from '../grid/identity.ts';
import { resolveProgram } from '../grid/resolve.ts';
import { openStore } from '../store/open.ts';
import { checkSelf } from './check.ts';
import { runWorker } from './main.ts';
import { processEvents, version } from './process-events.ts';

const deps = { openStore, resolveProgram, sameWork, version, ...processEvents };

process.exit(process.argv[2] === '--check' ? await checkSelf(deps) : await runWorker(process.env, deps));
