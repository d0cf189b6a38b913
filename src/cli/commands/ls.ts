import Table from 'cli-table3';
import type { Command } from 'commander';
import { calledAs } from '../../place/called-as.ts';
import type { Workplace } from '../../place/workplace.ts';
import { count, moment, money } from '../../report/format.ts';
import { stateWords } from '../../report/run-progress.ts';
import type { Phase, PublishedRecord, RunRecord, StateRecord } from '../../run/records.ts';
import { allRuns, readPublished, readState, unlessDamaged } from '../../run/runs.ts';
import { combinationsOf } from '../../run/show.ts';
import { atWorkplace, type PlaceOptions, placeCommand, printJson } from '../options.ts';

export function lsCommand(): Command {
  return placeCommand('ls', 'list the runs of the store, newest first')
    .argument('[grid]', 'only runs of this grid')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  muster ls demo')
    .action((grid: string | undefined, options: PlaceOptions & { json?: boolean }, command: Command) =>
      atWorkplace(command, options, async ({ deps }) => {
        const rows = await list(deps, grid);
        if (options.json === true) printJson(rows);
        else if (rows.length === 0)
          process.stdout.write(`No runs yet. Start one: ${calledAs} run grids/<name>.yaml\n`);
        else process.stdout.write(`${tableOf(rows)}\n`);
      }),
    );
}

interface Row {
  readonly run: string;
  readonly phase: Phase['phase'];
  /** Who stopped it early, and why; null when nobody did. */
  readonly stopped: StateRecord['stopped'];
  readonly succeeded: number;
  readonly combinations: number;
  readonly costUsd: number;
  readonly startedAt: string;
  readonly review: string | null;
}

async function list(deps: Workplace['deps'], grid: string | undefined): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const run of await allRuns(deps)) {
    if (grid !== undefined && run.grid.name !== grid) continue;
    const state = await unlessDamaged(deps, () => readState(deps, run.run));
    const published = await unlessDamaged(deps, () => readPublished(deps, run.run));
    rows.push({
      run: run.run,
      phase: state?.phase.phase ?? 'launching',
      stopped: state?.stopped ?? null,
      succeeded: succeededOf(run, state, published),
      combinations: combinationsOf(run),
      costUsd: state?.money.exactUsd ?? state?.money.meteredUsd ?? 0,
      startedAt: run.createdAt,
      review: state?.review?.url ?? null,
    });
  }
  return rows;
}

/** As published; of a round that goes on, as far as it has come. */
function succeededOf(
  { reused }: RunRecord,
  state: StateRecord | undefined,
  published: PublishedRecord | undefined,
): number {
  if (published !== undefined && (state === undefined || state.phase.phase === 'published')) {
    return published.succeeded;
  }
  return (state?.done.succeeded ?? 0) + (reused?.combinations ?? 0);
}

function tableOf(rows: readonly Row[]): string {
  const table = new Table({
    head: ['Run', 'State', 'Succeeded', 'Cost', 'Started'],
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 2 },
    chars: Object.fromEntries(borders.map((name) => [name, ''])),
    colAligns: ['left', 'left', 'right', 'right', 'left'],
  });
  for (const row of rows) {
    const done = `${count(row.succeeded)} of ${count(row.combinations)}`;
    table.push([row.run, stateWords(row), done, money(row.costUsd), moment(row.startedAt)]);
  }
  return table.toString();
}

const borders = [
  ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
  ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
] as const;
