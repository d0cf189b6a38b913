import type { Command } from 'commander';
import { cancelCommand } from './commands/cancel.ts';
import { checkCommand } from './commands/check.ts';
import { doctorCommand } from './commands/doctor.ts';
import { expandCommand } from './commands/expand.ts';
import { explainCommand } from './commands/explain.ts';
import { fetchCommand } from './commands/fetch.ts';
import { imageCommand } from './commands/image.ts';
import { launchCommand } from './commands/launch.ts';
import { logsCommand } from './commands/logs.ts';
import { lsCommand } from './commands/ls.ts';
import { newCommand } from './commands/new.ts';
import { planCommand } from './commands/plan.ts';
import { preflightCommand } from './commands/preflight.ts';
import { publishCommand } from './commands/publish.ts';
import { rerunCommand } from './commands/rerun.ts';
import { runCommand } from './commands/run.ts';
import { statusCommand } from './commands/status.ts';
import { verifyCommand } from './commands/verify.ts';
import { watchCommand } from './commands/watch.ts';
import type { Done } from './options.ts';

/** In the order a person meets them. */
export const commands = (done: Done): readonly Command[] => [
  newCommand(),
  checkCommand(),
  expandCommand(),
  planCommand(),
  preflightCommand(done),
  runCommand(done),
  launchCommand(done),
  watchCommand(done),
  statusCommand(),
  lsCommand(),
  logsCommand(),
  explainCommand(),
  rerunCommand(done),
  cancelCommand(done),
  publishCommand(done),
  fetchCommand(done),
  verifyCommand(done),
  imageCommand(done),
  doctorCommand(done),
];
