import { awsCommand, type Option } from '../command.ts';
import { unique } from './trouble.ts';

/** A command to copy. */
export function ec2Command(region: string, operation: string, ...options: readonly Option[]): string {
  return awsCommand(region, `ec2 ${operation}`, ...options);
}

/** Other subnets or groups for a compute environment: those of the list that stay, or where to find some. */
export function otherResources(
  region: string,
  environment: string,
  what: 'subnets' | 'securityGroupIds',
  stay: readonly string[],
): string {
  const command = awsCommand(
    region,
    'batch update-compute-environment',
    ['--compute-environment', environment],
    `--compute-resources ${what}=`,
  );
  if (stay.length > 0) return `${command}${unique(stay).join(',')}`;
  const [list, id] = what === 'subnets' ? ['subnets', 'SubnetId'] : ['security-groups', 'GroupId'];
  const choose = ec2Command(region, `describe-${list}`, '--query', `"*[].[${id},VpcId]"`, '--output text');
  return `Choose with \`${choose}\`, then \`${command}\` and the ids.`;
}
