import type { Phase, StateRecord } from './records.ts';

/**
 * The life of a run (design, section 5):
 * `launching(n) -> running(n) -> publishing(n, sha) -> published(n, sha)`, and `cancelling` from any but published.
 * A rerun goes to `launching(n+1)` from everywhere but `cancelling`, so that a publish of round n that comes late
 * fails its swap. Pure; every arrow becomes a compare-and-swap on `state.json`.
 */

export type RunEvent =
  /** All arrays of the round are submitted or aside. */
  | { readonly event: 'submitted'; readonly round: number }
  /** All arrays of all rounds are settled and the merged set with this digest is written. */
  | { readonly event: 'merged'; readonly round: number; readonly sha256: string }
  /** Results are committed and the review is ready. */
  | { readonly event: 'published'; readonly round: number; readonly sha256: string }
  /** A further round whose plan is written as a draft: what a pilot left, or what somebody asked for. */
  | { readonly event: 'round'; readonly round: number; readonly draft: string; readonly rest: boolean }
  | { readonly event: 'cancel'; readonly by: string; readonly why: string; readonly at: string };

export type Transition =
  | { readonly outcome: 'moved'; readonly phase: Phase }
  /** Already there: a repeat changes nothing. */
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'refused'; readonly why: string };

const moved = (phase: Phase): Transition => ({ outcome: 'moved', phase });
const unchanged: Transition = { outcome: 'unchanged' };
const refused = (why: string): Transition => ({ outcome: 'refused', why });

export function transition(phase: Phase, event: RunEvent): Transition {
  switch (event.event) {
    case 'submitted':
      return onSubmitted(phase, event.round);
    case 'merged':
      return onMerged(phase, event.round, event.sha256);
    case 'published':
      return onPublished(phase, event.round, event.sha256);
    case 'round':
      return onRound(phase, event.round, event.rest);
    case 'cancel':
      return onCancel(phase, event);
  }
}

function onSubmitted(phase: Phase, round: number): Transition {
  if (phase.round !== round) return refused(`round ${phase.round} is current, not ${round}`);
  return phase.phase === 'launching' ? moved({ phase: 'running', round }) : unchanged;
}

function onMerged(phase: Phase, round: number, sha256: string): Transition {
  if (phase.round !== round) return refused(`round ${phase.round} is current, not ${round}`);
  switch (phase.phase) {
    case 'launching':
      return refused(`round ${round} is still being submitted`);
    case 'running':
    case 'cancelling':
      return moved({ phase: 'publishing', round, sha256 });
    case 'publishing':
      return phase.sha256 === sha256 ? unchanged : moved({ phase: 'publishing', round, sha256 });
    case 'published':
      return phase.sha256 === sha256 ? unchanged : refused('other results are published for this round');
  }
}

function onPublished(phase: Phase, round: number, sha256: string): Transition {
  if (phase.round !== round) return refused(`round ${phase.round} is current, not ${round}`);
  const same = 'sha256' in phase && phase.sha256 === sha256;
  if (phase.phase === 'published' && same) return unchanged;
  if (phase.phase === 'publishing' && same) return moved({ phase: 'published', round, sha256 });
  return refused(`the run is ${phase.phase}, not publishing ${sha256.slice(0, 12)}`);
}

function onRound(phase: Phase, round: number, rest: boolean): Transition {
  if (phase.phase === 'cancelling') return refused(`the run is being cancelled by ${phase.by}: ${phase.why}`);
  // A run that was stopped goes from cancelling to publishing: only a person takes it on from there.
  if (rest && phase.phase !== 'launching' && phase.phase !== 'running') {
    return refused(`the run is ${phase.phase}: its pilot is not followed by the rest`);
  }
  if (round !== phase.round + 1)
    return refused(`round ${phase.round} is current: the next is ${phase.round + 1}`);
  return moved({ phase: 'launching', round });
}

function onCancel(phase: Phase, cancel: { by: string; why: string; at: string }): Transition {
  const { by, why, at } = cancel;
  switch (phase.phase) {
    case 'published':
      return refused('the run is published: there is nothing to cancel');
    case 'cancelling':
      return unchanged;
    default:
      return moved({ phase: 'cancelling', round: phase.round, by, why, at });
  }
}

/** The state after an event, or why not. The version counts up with every change. */
export function advance(
  state: StateRecord,
  event: RunEvent,
  now: Date,
):
  | { readonly outcome: 'moved'; readonly state: StateRecord }
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'refused'; readonly why: string } {
  if (event.event === 'round' && event.round === state.phase.round && event.draft === state.draft) {
    return { outcome: 'unchanged' };
  }
  const result = transition(state.phase, event);
  if (result.outcome !== 'moved') return result;
  return { outcome: 'moved', state: touch({ ...state, phase: result.phase, ...besides(state, event) }, now) };
}

/** What an event changes apart from the phase. */
function besides(state: StateRecord, event: RunEvent): Partial<StateRecord> {
  switch (event.event) {
    case 'cancel':
      return { stopped: { by: event.by, why: event.why, at: event.at } };
    case 'round':
      // What the last publication cost exactly is not what the run costs any more: the meter counts again.
      return { draft: event.draft, stopped: null, money: { ...state.money, exactUsd: null } };
    default:
      return {};
  }
}

/** The next version of a state. */
export function touch(state: StateRecord, now: Date): StateRecord {
  return { ...state, version: state.version + 1, updatedAt: now.toISOString() };
}
