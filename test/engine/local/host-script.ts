// Hosts a job table as a process of its own, for tests that kill it. Says on stdout what happens.
import { openAt } from './local-harness.ts';

const [directory = '', parallel = '2'] = process.argv.slice(2);
const engine = await openAt(directory, { parallel: Number(parallel) });
const leave = new AbortController();
process.on('SIGINT', () => leave.abort());
await engine.host({
  signal: leave.signal,
  onEvent: (event) => console.log(JSON.stringify(event)),
});
console.log('left');
