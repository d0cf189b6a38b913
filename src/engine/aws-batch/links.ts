import { consoleUrl } from '../../aws/console.ts';
import { batchCommand } from './command.ts';
import { type BatchSettings, defaultLogGroup } from './settings.ts';

/**
 * Pages of the AWS console. Their addresses are no documented contract: they were seen in widely used public code
 * (AB 8 [OBS]), so whatever shows one also says the plain id or a command.
 */

type Place = Pick<BatchSettings, 'region'> & Partial<Pick<BatchSettings, 'logGroup'>>;

/** Of a job or of one child, `<parent>:<index>`. Whether the colon must be escaped is unverified (AB 14, 10). */
export function jobUrl({ region }: Place, jobId: string): string {
  return `${consoleUrl(region)}/batch/home?region=${region}#jobs/detail/${jobId}`;
}

/** What one attempt wrote. */
export function logUrl({ region, logGroup = defaultLogGroup }: Place, stream: string): string {
  const group = `#logsV2:log-groups/log-group/${escaped(logGroup)}`;
  return `${consoleUrl(region)}/cloudwatch/home?region=${region}${group}/log-events/${escaped(stream)}`;
}

/** The console of Logs and its fragments: encoded twice, with `$` for `%` (`/` becomes `$252F`). */
const escaped = (text: string) => encodeURIComponent(encodeURIComponent(text)).replaceAll('%', '$');

/** What shows the same as a link, for the case that the link does not (AB 8). */
export function jobCommand({ region }: Place, jobId: string): string {
  return batchCommand(region, 'describe-jobs', `--jobs ${jobId}`);
}
