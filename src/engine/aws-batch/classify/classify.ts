import type { FailureClass } from '../../engine.ts';
import { describeExit } from '../../exit-code.ts';
import { blockedCode, blockedFix } from '../diagnose/codes.ts';
import { adviceFor } from './advice.ts';
import type { AttemptEvidence, ChildEvidence } from './evidence.ts';
import { pullCase } from './pull.ts';
import { afterPulls, beforePulls, type FailureText, hostLost } from './texts.ts';

export interface Classified {
  readonly class: FailureClass;
  /** In words, for people; the text of Batch follows in quotes where there is one. */
  readonly reason: string;
  readonly advice?: string;
  /** Attempts that ended because their machine went away (AB 9.1: counted over all, whatever the verdict). */
  readonly hostLosses: number;
}

type Verdict = Omit<Classified, 'hostLosses'>;

/** What kind of end a failed child had, by its last attempt, and what to do about it (AB 9.1). */
export function classifyFailure(evidence: ChildEvidence): Classified {
  const { attempts } = evidence;
  const hostLosses = attempts.filter(lostItsHost).length;
  const verdict = stopped(evidence) ?? byText(evidence) ?? byExit(evidence);
  const tries = attempts.length;
  const losses =
    hostLosses === 0 || (tries === 1 && verdict.class === 'host')
      ? ''
      : `; ${hostLosses === tries ? `all ${tries}` : `${hostLosses} of ${tries}`} attempts lost their machine`;
  return { ...verdict, reason: `${verdict.reason}${losses}`, hostLosses };
}

function lostItsHost({ statusReason }: AttemptEvidence): boolean {
  return statusReason?.startsWith(hostLost) === true;
}

const stateLimit = 'Canceled by JobStateTimeLimit action due to reason: ';

/** A queue that cancels what waits too long sets the same flag as a person; only the text differs (AB 4.5). */
function stopped({ statusReason = '', stopped, asked }: ChildEvidence): Verdict | undefined {
  if (statusReason.startsWith(stateLimit)) {
    const code = blockedCode(statusReason.slice(stateLimit.length));
    const { meaning, fix } = blockedFix(code);
    return {
      class: 'start',
      reason: `the queue gave it up after it had waited too long: ${meaning} (${code})`,
      advice: fix,
    };
  }
  if (!stopped) return undefined;
  const reason = statusReason === '' ? 'somebody stopped it' : statusReason;
  const advice = adviceFor('cancelled', asked);
  return { class: 'cancelled', reason, ...(advice !== undefined && { advice }) };
}

function byText(evidence: ChildEvidence): Verdict | undefined {
  return firstOf(beforePulls, evidence) ?? byPull(evidence) ?? firstOf(afterPulls, evidence);
}

function firstOf(rules: readonly FailureText[], evidence: ChildEvidence): Verdict | undefined {
  for (const rule of rules) {
    const text = textsOf(evidence, rule.field).find((one) => matches(rule, one));
    if (text === undefined) continue;
    const advice = rule.advice?.(evidence.asked);
    const oddly =
      rule.class === 'memory' && lastOf(evidence)?.exitCode === 0
        ? '; it exited with 0 all the same, so what it wrote may be incomplete'
        : '';
    return {
      class: rule.class,
      reason: `${rule.reason}${oddly}${quoted(text)}`,
      ...(advice !== undefined && { advice }),
    };
  }
  return undefined;
}

/** `CannotPullContainerError`, `CannotPullECRContainerError`, `CannotPullImageManifestError`, ... */
function byPull(evidence: ChildEvidence): Verdict | undefined {
  const text = textsOf(evidence, 'container').find((one) => one.startsWith('CannotPull'));
  if (text === undefined) return undefined;
  const { class: kind, reason, advice } = pullCase(text);
  return { class: kind, reason: `${reason}${quoted(text)}`, advice };
}

function byExit(evidence: ChildEvidence): Verdict {
  const last = lastOf(evidence);
  const [text] = [...textsOf(evidence, 'container'), ...textsOf(evidence, 'status')].filter(tells);
  const said = text === undefined ? '' : quoted(text);
  if (last?.exitCode === undefined && text !== undefined) return { class: 'unknown', reason: text };
  if (last?.exitCode === 0) {
    return { class: 'unknown', reason: `exited with 0 and counts as failed all the same${said}` };
  }
  const { class: kind, reason } = describeExit(last?.exitCode ?? null);
  const advice = adviceFor(kind, evidence.asked);
  return { class: kind, reason: `${reason}${said}`, ...(advice !== undefined && { advice }) };
}

/** "Look at the exit code", says ECS. */
const tells = (text: string) => !text.startsWith('Essential container in task exited');

function textsOf(evidence: ChildEvidence, field: FailureText['field']): readonly string[] {
  const last = lastOf(evidence);
  const status = [last?.statusReason, evidence.statusReason];
  const container = [last?.containerReason];
  const wanted = { status, container, either: [...container, ...status] }[field];
  return wanted.filter((text) => text !== undefined).filter((text) => text !== '');
}

const lastOf = ({ attempts }: ChildEvidence): AttemptEvidence | undefined => attempts.at(-1);

function matches({ prefix, contains }: FailureText, text: string): boolean {
  if (prefix !== undefined) return text.startsWith(prefix);
  return contains?.every((part) => text.includes(part)) === true;
}

/** Longest part of a foreign text that is repeated to people. */
const longestQuoted = 200;

const quoted = (text: string) => ` (“${text.slice(0, longestQuoted)}”)`;
