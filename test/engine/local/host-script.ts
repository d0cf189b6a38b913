// Hosts a job table as a process of its own, for tests that kill it. Says on stdout what happens.
import { openAt, patience } from './local-harness.ts';

const [directory = '', lifeline] = process.argv.slice(2);
const engine = await openAt(directory, {
  patience: { ...patience, ...(lifeline === undefined ? {} : { lifeline: Number(lifeline) }) },
});
const leave = new AbortController();
process.on('SIGINT', () => leave.abort());
await engine.host({
  signal: leave.signal,
  onEvent: (event) => console.log(JSON.stringify(event)),
});
console.log('left');
