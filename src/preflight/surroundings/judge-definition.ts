import {
  batchLimits,
  largestDefinition,
  longestOverrides,
  shortestTimeout,
} from '../../engine/aws-batch/limits.ts';
import { type Codes, checked, findingsOf, nothingToCheck, type Row } from '../codes.ts';
import type { Check, Finding } from '../finding.ts';
import type { DefinitionFacts } from './definition.ts';

export const definitionCodes = {
  'attempts-out-of-range': {
    severity: 'error',
    means: 'AWS Batch does not take so many attempts',
    why: 'The submission is refused.',
    fix: 'Change `retry.attempts` of the grid.',
  },
  'retries-without-end': {
    severity: 'error',
    means: 'The retry rules do not end in EXIT',
    why: 'AWS Batch repeats whatever no rule matches, so programs that fail by themselves would be paid for again.',
    fix: 'Let the last rule be EXIT.',
  },
  'timeout-missing': {
    severity: 'error',
    means: 'Attempts have no timeout, or one that AWS Batch does not take',
    why: 'There is none by default: a program that hangs runs, and costs, until somebody sees it.',
    fix: 'Write `timeout` in the grid.',
  },
  'overrides-too-long': {
    severity: 'error',
    means: 'What a job brings with it is longer than ECS takes',
    why: 'AWS Batch would take the job, and fail every slice of it later.',
    fix: 'Shorten the variables.',
  },
  'payload-too-large': {
    severity: 'error',
    means: 'The submission is larger than AWS Batch takes',
    why: 'The submission is refused.',
    fix: 'Shorten the variables.',
  },
  'definition-too-large': {
    severity: 'error',
    means: 'The job definition is larger than AWS Batch takes',
    why: 'Registering it is refused, so nothing is submitted.',
    fix: 'Shorten `resources.ulimits` of the grid.',
  },
} as const satisfies Codes;

const finding = findingsOf(definitionCodes);

const rows = {
  retries: {
    group: 'definition',
    check: 'retries',
    title: 'Attempts are within bounds, and programs that fail by themselves stop',
  },
  timeout: { group: 'definition', check: 'timeout', title: 'Every attempt has a timeout' },
  size: { group: 'definition', check: 'size', title: 'Jobs and definitions are small enough' },
} as const satisfies Readonly<Record<string, Row>>;

/** Bytes of a SubmitJob: 30 KiB (AB 2.1). */
export const largestPayload = 30 * 1024;
/** Entries of `evaluateOnExit` (AB 2.1). */
const mostRules = 5;

/** Pure. */
export function judgeDefinition(jobs: readonly DefinitionFacts[]): readonly Check[] {
  if (jobs.length === 0) {
    return Object.values(rows).map((row) =>
      nothingToCheck(row, 'No grid is given that has something to run.'),
    );
  }
  return [
    checked(rows.retries, jobs.map(retryTrouble)),
    checked(rows.timeout, jobs.map(timeoutTrouble)),
    checked(rows.size, jobs.map(sizeTrouble)),
  ];
}

function retryTrouble(job: DefinitionFacts): readonly Finding[] {
  const { attempts, rules, lastAction, grid } = job;
  const { min, max } = batchLimits.attempts;
  if (!Number.isInteger(attempts) || attempts < min || attempts > max) {
    const fix = `Write \`retry: { attempts: ${attempts > max ? max : min} }\` in ${grid}.`;
    const seen = `${attempts} attempts; AWS Batch takes ${min} to ${max}`;
    return [finding('attempts-out-of-range', { about: about(job), seen, fix })];
  }
  const ends = lastAction?.toUpperCase() === 'EXIT' && rules <= mostRules;
  if (ends) return [];
  const seen =
    rules > mostRules
      ? `${rules} rules; AWS Batch takes ${mostRules}`
      : `its last rule: ${lastAction ?? 'none'}`;
  const fix = 'This is a fault of Muster: please report it, with the grid.';
  return [finding('retries-without-end', { about: about(job), seen, fix })];
}

function timeoutTrouble(job: DefinitionFacts): readonly Finding[] {
  const { timeoutSeconds, grid } = job;
  if (timeoutSeconds !== undefined && timeoutSeconds >= shortestTimeout) return [];
  const seen =
    timeoutSeconds === undefined ? 'it has none' : `${timeoutSeconds} s; at least ${shortestTimeout} s`;
  return [finding('timeout-missing', { about: about(job), seen, fix: `Write \`timeout: 1 h\` in ${grid}.` })];
}

/** The first that is too large: what is in the overrides is in the payload, too. */
function sizeTrouble(job: DefinitionFacts): readonly Finding[] {
  const { overrides, payload, definition, longestVariable, grid } = job;
  const longest =
    longestVariable === undefined ? 'its variables' : `${longestVariable}, which is the longest`;
  if (overrides >= longestOverrides) {
    const seen = `its variables and resources take ${overrides} characters; ${longestOverrides} are safe`;
    const fix = `Shorten ${longest}: a shorter \`store\` in muster.yaml, or a shorter name of the grid.`;
    return [finding('overrides-too-long', { about: about(job), seen, fix })];
  }
  if (payload >= largestPayload) {
    const seen = `it takes ${payload} bytes; AWS Batch takes ${largestPayload}`;
    return [finding('payload-too-large', { about: about(job), seen, fix: `Shorten ${longest}.` })];
  }
  if (definition >= largestDefinition) {
    const seen = `its definition takes ${definition} bytes; AWS Batch takes ${largestDefinition}`;
    const fix = `Remove entries of \`resources.ulimits\` in ${grid}, or shorten roles and log group in muster.yaml.`;
    return [finding('definition-too-large', { about: about(job), seen, fix })];
  }
  return [];
}

const about = ({ grid, class: number }: DefinitionFacts) => `${grid}, class ${number}`;
