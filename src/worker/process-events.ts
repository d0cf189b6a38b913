import manifest from '../../package.json' with { type: 'json' };
import type { WorkerDeps } from './context.ts';

export const version = manifest.version;

/** The worker's side of the real process. */
export const processEvents: Pick<WorkerDeps, 'log' | 'onTerminate' | 'onLifelineClosed'> = {
  log(line) {
    // An engine that is gone does not read; that is no reason to fall.
    if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', () => {});
    process.stdout.write(`${line}\n`);
  },
  onTerminate(callback) {
    process.on('SIGTERM', callback);
    process.on('SIGINT', callback);
  },
  onLifelineClosed(callback) {
    for (const event of ['end', 'close', 'error']) process.stdin.once(event, callback);
    process.stdin.resume();
  },
};
