import { explainError } from '../place/exit-codes.ts';
import { code, link, words } from '../report/escape.ts';
import { count, money, plural } from '../report/format.ts';
import { table } from '../report/markdown.ts';
import type { RunDeps } from '../run/deps.ts';
import { type WatchedOrFailed, watchAll } from '../run/watch.ts';
import type { Action, Done } from './run-action.ts';
import { summarize } from './summary.ts';

/** A matrix has at most 256 jobs (GH 2.1), and each of these takes minutes: the next step names the rest. */
const mostEnded = 50;

export async function pollRuns(deps: RunDeps, runs: readonly string[]): Promise<readonly WatchedOrFailed[]> {
  const seen: WatchedOrFailed[] = [];
  for await (const one of watchAll(deps, runs, { publish: false })) {
    seen.push(one);
  }
  return seen;
}

export async function reportPolled(
  seen: readonly WatchedOrFailed[],
  { voice }: Pick<Action<unknown>, 'voice'>,
): Promise<Done<'ended' | 'active' | 'states' | 'failed'>> {
  const watched = seen.flatMap((one) => ('fault' in one ? [] : [one]));
  const faults = seen.flatMap((one) => ('fault' in one ? [one] : []));
  for (const { run, fault } of faults) {
    const { text } = explainError(fault);
    voice.say(`${run}: ${text}`);
    voice.annotate({ level: 'error', message: `${run}: ${text}` });
  }
  for (const {
    run,
    refused,
    later,
    state,
    measured: { combinations, done },
  } of watched) {
    voice.say(
      `${run}: ${state.phase.phase}; ${count(done.succeeded)} succeeded, ${count(done.failed)} failed of ${count(combinations)}`,
    );
    for (const { why, fix } of refused)
      voice.annotate({ level: 'warning', message: `${run}: ${why} ${fix}` });
    for (const why of later) voice.annotate({ level: 'notice', message: `${run}: ${why}` });
  }
  const ended = watched.filter((one) => one.ended).map(({ run }) => run);
  const rows = watched.map(({ run, state, measured: { combinations, done }, ended: isOver }) => [
    link(code(run), state.review?.url),
    isOver ? 'ended' : state.phase.phase,
    count(done.succeeded),
    count(done.failed),
    count(combinations),
    money(state.money.meteredUsd),
  ]);
  const broken = faults.map(({ run, fault }) => `${code(run)}: ${words(explainError(fault).text, 600)}\n`);
  const head = ['Run', '', 'Succeeded', 'Failed', 'Of', 'Cost'];
  const shown = rows.length === 0 ? '' : `${table(head, rows, [2, 3, 4, 5])}\n`;
  await summarize(seen.length === 0 ? 'No run is active.\n' : [shown, ...broken].join('\n'));
  return {
    outputs: {
      ended: ended.slice(0, mostEnded),
      active: watched.filter((one) => !one.ended && one.state.phase.phase !== 'published').length,
      states: watched.map(({ run, state, measured: { combinations, done } }) => ({
        ...{ run, phase: state.phase.phase, ...done, combinations, usd: state.money.meteredUsd },
      })),
      failed: faults.length,
    },
    ...(faults.length > 0 && {
      failed: `${plural(faults.length, 'run')} could not be looked at; all others were`,
    }),
  };
}
