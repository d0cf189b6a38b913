import { type Script, scriptVariable, type Told } from '../../contract/engine-bench.ts';
import type { RunningAttempt } from './running-attempt.ts';
import type { Timeline } from './timeline.ts';

/** Does in a container of the reference Batch what the engine's contract suite asks for, a second after its start. */
export function benchWorker(timeline: Timeline): (attempt: RunningAttempt) => void {
  return (attempt) => {
    const told: Told = {
      jobId: attempt.environment.AWS_BATCH_JOB_ID ?? '',
      attempt: attempt.environment.AWS_BATCH_JOB_ATTEMPT ?? '',
      arrayIndex: attempt.environment.AWS_BATCH_JOB_ARRAY_INDEX ?? null,
    };
    attempt.say(JSON.stringify(told));
    const step = stepOf(attempt);
    if (step === 'sleep') attempt.onTerminate(() => attempt.exit(143));
    else if (step === 'finish') attempt.onTerminate(() => attempt.exit(0));
    else if (step !== 'stubborn') {
      const code = Number(step.slice('exit '.length));
      timeline.at(timeline.now() + 1000, () => attempt.exit(code));
    }
  };
}

function stepOf({ environment, child = 0, attempt }: RunningAttempt) {
  // The suite writes it: see `Script`.
  const script = JSON.parse(environment[scriptVariable] ?? '{}') as Script;
  const steps = script[child] ?? script.default ?? ['exit 0'];
  return steps[Math.min(attempt, steps.length) - 1] ?? 'exit 0';
}
