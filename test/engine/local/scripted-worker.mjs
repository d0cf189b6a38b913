// A worker that does what the contract suite's script says (test/contract/engine-bench.ts), with the lifeline of a real one.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';

const { env } = process;
const child = env.AWS_BATCH_JOB_ARRAY_INDEX ?? '0';
const attempt = Number(env.AWS_BATCH_JOB_ATTEMPT);
const script = JSON.parse(env.MUSTER_TEST_SCRIPT ?? '{}');
const steps = script[child] ?? script.default ?? ['exit 0'];
const step = steps[Math.min(attempt, steps.length) - 1];

// A program in a group of its own, as the real worker makes it; it ends only when it is killed. Its own child has no
// environment by which it could be found.
const program =
  env.TEST_PROGRAM === undefined
    ? undefined
    : spawn('sh', ['-c', `env -i sleep ${env.TEST_PROGRAM}; true`], { detached: true, stdio: 'ignore' });

mkdirSync(env.MUSTER_WORK_DIR, { recursive: true });

const end = (code) => {
  rmSync(env.MUSTER_WORK_DIR, { recursive: true });
  if (program?.pid !== undefined) process.kill(-program.pid, 'SIGKILL');
  if (env.TEST_JOURNAL) appendFileSync(env.TEST_JOURNAL, `end ${child} ${attempt} ${code}\n`);
  process.exit(code);
};

if (env.TEST_DEAF === undefined)
  process.stdin
    .on('end', () => end(143))
    .on('error', () => end(143))
    .resume();
if (step === 'sleep') process.on('SIGTERM', () => end(143));
if (step === 'finish') process.on('SIGTERM', () => end(0));
if (step === 'stubborn') process.on('SIGTERM', () => undefined);
// Only now is it ready for signals.
const told = {
  jobId: env.AWS_BATCH_JOB_ID,
  attempt: String(attempt),
  arrayIndex: env.AWS_BATCH_JOB_ARRAY_INDEX ?? null,
};
console.log(JSON.stringify(told));
if (env.TEST_JOURNAL) appendFileSync(env.TEST_JOURNAL, `start ${child} ${attempt}\n`);

if (step.startsWith('exit')) setTimeout(() => end(Number(step.slice(5))), Number(env.TEST_WORK_MS ?? 0));
else setInterval(() => undefined, 1000);
