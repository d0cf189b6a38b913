import { type Command, InvalidArgumentError } from 'commander';
import { ConfigurationError } from '../../errors.ts';
import { parseDuration, parseMemory } from '../../grid/units.ts';
import { exitCodes } from '../../place/exit-codes.ts';
import { findRun } from '../../place/find-run.ts';
import type { Workplace } from '../../place/workplace.ts';
import type { Overrides } from '../../plan/overrides.ts';
import { count, money, plural } from '../../report/format.ts';
import { parseEnvironment, type RerunPlan, rerun } from '../../run/rerun.ts';
import { watch } from '../../run/watch.ts';
import { follow } from '../follow.ts';
import {
  amount,
  atWorkplace,
  collect,
  containersAgain,
  containersOption,
  type Done,
  everyOption,
  type PlaceOptions,
  placeCommand,
  printJson,
  wholeNumber,
} from '../options.ts';
import { openScreen, type Screen } from '../screen.ts';

interface RerunOptions extends PlaceOptions {
  readonly select: string;
  readonly reason: string;
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly memory?: string;
  readonly vcpus?: number;
  readonly attempts?: number;
  readonly timeout?: string;
  readonly capacity?: NonNullable<Overrides['capacity']>;
  readonly queue?: string;
  readonly environment?: readonly string[];
  readonly budgetUsd?: number;
  readonly approveUsd?: number;
  readonly failures?: number;
  readonly parallel?: number;
  readonly containers?: boolean;
  readonly every?: number;
  readonly json?: boolean;
}

export function rerunCommand(done: Done): Command {
  return placeCommand('rerun', 'run chosen combinations of a run again, in a new round')
    .argument('[run]', 'run, the beginning of one, or a grid; the newest without it')
    .option(
      '--select <what>',
      'failed, missing, all, labels, ids, indexes (3,7-9), or an expression',
      'failed',
    )
    .option('--dry-run', 'say what it would run and cost, and stop')
    .option('--reason <text>', 'kept with the round', 'rerun by hand')
    .option('--memory <size>', 'such as 6 GiB')
    .option('--vcpus <n>', 'of one slice', wholeNumber)
    .option('--attempts <n>', 'of one slice', wholeNumber)
    .option('--timeout <duration>', 'of one combination, such as 4h')
    .option('--capacity <name>', 'spot, spot-first or on-demand', capacityOf)
    .option('--queue <name>', 'of muster.yaml')
    .option('--environment <NAME=value>', 'on top of the grid; may be repeated', collect)
    .option('--budget-usd <amount>', 'of this round', amount)
    .option('--approve-usd <amount>', 'agree to an estimate of up to this', amount)
    .option('--failures <n>', 'stop after so many failed combinations', wholeNumber)
    .option('--parallel <n>', 'vCPUs of this machine to use; all without it', wholeNumber)
    .option(...containersOption)
    .option(...everyOption)
    .option('--no-wait', 'submit and return')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
What has succeeded is left out, except with --select all.

Examples:
  muster rerun demo --select failed --memory '6 GiB' --reason 'out of memory'
  muster rerun demo --select 'alpha_ce > 1 and lambda_ce == 0.1' --dry-run`,
    )
    .action(async (given: string | undefined, options: RerunOptions, command: Command) => {
      using screen = openScreen();
      await atWorkplace(command, { ...options, log: screen.log }, async (place) => {
        const { run } = await findRun(place.deps, given);
        const outcome = await rerun(place.deps, {
          run,
          select: options.select,
          overrides: overridesOf(options),
          reason: options.reason,
          dryRun: options.dryRun === true,
          imageTrouble: place.imageTrouble,
          ...(options.approveUsd !== undefined && { approvedUsd: options.approveUsd }),
        });
        // With --json and a wait, what it came to is printed at the end.
        const json = options.json === true;
        if (json && (outcome.outcome !== 'opened' || !options.wait)) printJson(outcome);
        if (outcome.outcome === 'refused') throw new ConfigurationError({ file: run, message: outcome.why });
        if (outcome.outcome === 'nothing') {
          screen.say(`Nothing to run: \`${options.select}\` chooses no combination${leftOut(outcome.plan)}.`);
          return done(exitCodes.succeeded);
        }
        if (!json) process.stdout.write(describe(run, outcome.plan));
        if (outcome.outcome === 'opened') done(await carryOut(place, screen, run, options));
      });
    });
}

/** Follows the new round, or only submits it. */
async function carryOut(
  place: Workplace,
  screen: Screen,
  run: string,
  options: RerunOptions,
): Promise<number> {
  if (options.wait) {
    const again = `watch ${run} --follow${containersAgain(options)}`;
    return follow(place, screen, [run], {
      ...{ again, json: options.json === true },
      ...(options.every !== undefined && { every: options.every }),
    });
  }
  const { refused } = await watch(place.deps, run, { publish: false });
  return refused.length === 0 ? exitCodes.succeeded : exitCodes.remote;
}

function capacityOf(text: string): NonNullable<Overrides['capacity']> {
  if (text === 'spot' || text === 'spot-first' || text === 'on-demand') return text;
  throw new InvalidArgumentError('choose spot, spot-first or on-demand');
}

function overridesOf(options: RerunOptions): Overrides {
  const { memory, vcpus, attempts, timeout, capacity, queue, environment, budgetUsd, failures } = options;
  return {
    ...(memory !== undefined && { memoryMib: unit('--memory', () => parseMemory(memory)) }),
    ...(vcpus !== undefined && { vcpus }),
    ...(attempts !== undefined && { attempts }),
    ...(timeout !== undefined && { timeoutSeconds: unit('--timeout', () => parseDuration(timeout)) }),
    ...(capacity !== undefined && { capacity }),
    ...(queue !== undefined && { queue }),
    ...(environment !== undefined && { environment: parseEnvironment(environment) }),
    ...(budgetUsd !== undefined && { budgetUsd }),
    ...(failures !== undefined && { failures: { kind: 'count', count: failures } as const }),
  };
}

function unit(option: string, parse: () => number): number {
  try {
    return parse();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError({ file: 'command line', message: `\`${option}\`: ${message}` }, { cause });
  }
}

function leftOut({ leftOut: succeeded, inProgress }: Pick<RerunPlan, 'leftOut' | 'inProgress'>): string {
  const parts = [
    ...(succeeded > 0 ? [`${count(succeeded)} left out because they have succeeded`] : []),
    ...(inProgress > 0 ? [`${count(inProgress)} left to the slices that still work on them`] : []),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

function describe(run: string, plan: RerunPlan): string {
  const budget =
    plan.budgetLeftUsd === null ? 'no budget' : `${money(plan.budgetLeftUsd)} of the budget left`;
  return `${run}, round ${plan.round}: ${plural(plan.combinations, 'combination')} in ${plural(plan.slices, 'slice')}${leftOut(plan)}; at worst ${money(plan.worstUsd)}, ${budget}\n`;
}
