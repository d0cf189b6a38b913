import { logLine } from '../report/escape.ts';
import { plural } from '../report/format.ts';
import type { RunEventLog } from '../run/deps.ts';
import { asCalled, calledAs } from './called-as.ts';

/** One line for people, with its newline; empty for what they need not see. */
export function describeLog(event: RunEventLog): string {
  const text = asCalled(words(event));
  return text === '' ? '' : `${logLine(text, 600)}\n`;
}

function words(event: RunEventLog): string {
  switch (event.kind) {
    case 'array-submitted':
      return '';
    case 'array-adopted':
      return `round ${event.round}: array ${event.array} had already been submitted as ${event.jobId}`;
    case 'array-refused':
      return `round ${event.round}: array ${event.array} was refused: ${event.why}${event.fix === undefined ? '' : ` ${event.fix}`}`;
    case 'namesake-terminated':
      return `terminated ${event.jobId}: another job of the same name is the recorded one`;
    case 'combination-failed':
      return `failed  ${event.label}  ${event.class}: ${event.message}`;
    case 'slice-failed':
      return `failed  slice ${event.slice} of round ${event.round}: ${event.reason}`;
    case 'preflight':
      return preflightWords(event);
    case 'left-out':
      return `left out: ${event.why}`;
    case 'queue-waits':
      return `round ${event.round}: no clear answer about queue ${event.queue}; ${plural(event.arrays, 'array is', 'arrays are')} left to the next look`;
    case 'left-for-later':
      return `left to the next look: ${event.why}`;
    case 'no-answer':
      return `${event.service} does not answer (${event.endpoint}), attempt ${event.attempt} of ${event.attempts}`;
    case 'stopped':
      return `stopping: ${event.why}`;
    case 'pilot-ended':
      return event.goOn ? `pilot: ${event.why}` : `pilot: ${event.why}; the rest does not run`;
    case 'publishing':
      return '';
    case 'published':
      return '';
  }
}

function preflightWords({ warnings, refused }: Extract<RunEventLog, { kind: 'preflight' }>): string {
  const found = [
    ...(warnings.length === 0
      ? []
      : [`${plural(warnings.length, 'warning')} (${[...new Set(warnings)].join(', ')})`]),
    ...(refused.length === 0 ? [] : [`checks not done without ${refused.join(', ')}`]),
  ];
  return found.length === 0 ? '' : `preflight: ${found.join('; ')}. All of it: ${calledAs} preflight`;
}
