import { type Codes, checked, findingsOf, verdictOn } from '../codes.ts';
import { awsCommand, quoted } from '../command.ts';
import type { Check, Finding } from '../finding.ts';
import type { LogGroup } from './log-group.ts';
import type { StorageFacts } from './storage.ts';

export const logCodes = {
  'log-group-missing': {
    severity: 'error',
    means: 'The log group of the jobs does not exist',
    why: 'Hosts cannot open a log for a container, so no slice starts.',
    fix: 'Create it, or correct `log_group` in muster.yaml.',
  },
  'logs-never-expire': {
    severity: 'warning',
    means: 'The log group keeps logs for ever',
    why: 'Every slice leaves a log, and all of them are billed for ever; outputs keep the log of the program anyway.',
    fix: 'Set a retention.',
  },
} as const satisfies Codes;

const finding = findingsOf(logCodes);

const row = {
  group: 'storage',
  check: 'log-group',
  title: 'The log group exists and lets old logs expire',
} as const;

/** Pure. */
export function judgeLogGroup({ logGroup: { name, state }, region }: StorageFacts): Check {
  return checked(row, [verdictOn(state, (group) => logTrouble(name, region, group))]);
}

function logTrouble(name: string, region: string, group: LogGroup): readonly Finding[] {
  const about = `log group ${name}`;
  const of = `--log-group-name ${quoted(name)}`;
  if (group.state === 'missing') {
    const fix = `${awsCommand(region, 'logs create-log-group', of)}, or correct \`log_group\` in muster.yaml.`;
    return [finding('log-group-missing', { about, seen: `there is none of this name in ${region}`, fix })];
  }
  if (group.retentionDays !== undefined) return [];
  const fix = awsCommand(region, 'logs put-retention-policy', of, '--retention-in-days 90');
  return [finding('logs-never-expire', { about, seen: 'it has no retention', fix })];
}
