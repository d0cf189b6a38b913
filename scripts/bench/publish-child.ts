// Publishes a run whose slices have ended, from a store on an S3 at another address; prints the requests it took.
import { publish } from '../../src/run/publish.ts';
import { openStore } from '../../src/store/open.ts';
import { openCallCount } from './call-count.ts';
import { awsBasics, openDeps, storeUrl } from './cloud-deps.ts';

const [endpoint = '', run = '', folder = ''] = process.argv.slice(2);
const calls = openCallCount();
const aws = { ...awsBasics, endpoint, onRequest: calls.add };
const store = await openStore(storeUrl, 'bench', aws);
const deps = await openDeps(folder, { store, aws, now: () => new Date() });
const published = await publish(deps, run);
if (published.outcome !== 'published') throw new Error(`not published: ${published.outcome}`);
console.log(JSON.stringify([...calls.take()]));
