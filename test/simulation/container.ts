import { runWorker } from '../../src/worker/main.ts';
import type { RunningAttempt } from '../aws/batch/running-attempt.ts';
import type { ContainerTime } from './ledger.ts';
import { actAs } from './scheduler.ts';
import type { Fate, ModelDeps } from './worker-parts.ts';
import type { World } from './world.ts';

/** Starts the worker of an attempt: the real one, but for the programs. */
export function startContainer(world: World, attempt: RunningAttempt): void {
  const { scheduler, ledger, random } = world;
  const { environment, parent, child = 0, attempt: number } = attempt;
  const time: ContainerTime = {
    round: Number(environment.MUSTER_ROUND),
    array: Number(environment.MUSTER_ARRAY),
    ...{ job: parent, child, attempt: number, from: scheduler.now(), to: undefined, lost: false },
  };
  ledger.containers.push(time);
  if (number > 1) ledger.count('another attempt');
  const name = `container ${attempt.jobId.slice(0, 8)}:${child} #${number}`;
  const ended = (lost: boolean) => {
    if (time.to !== undefined) return;
    time.to = scheduler.now();
    time.lost = lost;
  };
  const task = scheduler.spawn(
    name,
    async (own) => {
      const recorded = world.recorded(time);
      const deps: ModelDeps = {
        openStore: () => world.containerStore(own),
        resolveProgram: notHere,
        sameWork: notHere,
        log: (line) => attempt.say(line),
        onTerminate: (callback) => attempt.onTerminate(() => actAs(own, callback)),
        onLifelineClosed: () => {},
        version: '0.0.0',
        begin: (index) => {
          const { round, array } = time;
          world.invariants.execution({ round, array, container: time, index, recorded });
          world.trace(() => `${name} executes combination ${index}`);
          return fateOf(world, time, index);
        },
        wait: (seconds, signal) => {
          const pause = scheduler.pause(own, seconds * 1000);
          signal.addEventListener('abort', pause.wake);
          if (signal.aborted) pause.wake();
          return pause.done;
        },
      };
      const code = await runWorker(environment, deps);
      ended(false);
      world.trace(() => `${name} exits with ${code}`);
      attempt.exit(code);
    },
    (end) => {
      ended(true);
      if (end.how === 'failed') world.violation('container', String(end.error));
    },
  );
  attempt.onKilled(() => scheduler.kill(task));
  if (!world.isCalm() && random.chance(world.scenario.trouble.hostLost)) {
    scheduler.at(scheduler.now() + random.below(1200) * 1000, () => {
      if (!attempt.alive || world.isCalm()) return;
      ledger.count('host lost');
      world.trace(() => `${name} loses its host`);
      world.loseHost(attempt.jobId);
    });
  }
}

const notHere = (): never => {
  throw new Error('the simulation runs no programs');
};

/** The same for every attempt that the world leaves the same: programs do not roll dice, but hosts differ. */
function fateOf({ random, scenario }: World, { round, attempt }: ContainerTime, index: number): Fate {
  const { programs } = scenario;
  const seconds = random.between(...programs.seconds);
  const bad = (index * 7919) % 100 < programs.fails * 100;
  if (bad && (round === 0 || programs.failsAlways)) return { seconds, end: 'fails' };
  if (attempt < 3 && random.chance(programs.again)) return { seconds, end: 'fails, may be tried again' };
  return { seconds, end: 'succeeds' };
}
