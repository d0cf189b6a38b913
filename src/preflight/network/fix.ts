import { awsCommand, type Option } from '../command.ts';
import { infrastructureChange } from '../environment-change.ts';
import type { NetworkNeed } from './need.ts';
import { unique } from './trouble.ts';

/** A command to copy. */
export function ec2Command(region: string, operation: string, ...options: readonly Option[]): string {
  return awsCommand(region, `ec2 ${operation}`, ...options);
}

interface Others {
  readonly need: Pick<NetworkNeed, 'environment' | 'strategy'>;
  /** Those of its list that may stay. */
  readonly stay: readonly string[];
}

/** Other subnets or groups for compute environments: those that stay, or where to find some. */
export function otherResources(
  region: string,
  what: 'subnets' | 'securityGroupIds',
  environments: readonly Others[],
): string {
  const [list, id, gap] =
    what === 'subnets' ? ['subnets', 'SubnetId', 'SUBNETS'] : ['security-groups', 'GroupId', 'GROUPS'];
  const changes = environments.map(({ need: { environment: name, strategy }, stay }) => {
    const ids = stay.length === 0 ? gap : unique(stay).join(',');
    return infrastructureChange(region, { name, ...(strategy && { strategy }) }, `${what}=${ids}`);
  });
  const choose = ec2Command(region, `describe-${list}`, '--query', `"*[].[${id},VpcId]"`, '--output text');
  const isOpen = environments.some(({ stay }) => stay.length === 0);
  return [...(isOpen ? [`Choose ${gap} with \`${choose}\`.`] : []), ...changes].join('\n');
}
