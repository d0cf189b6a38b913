import { awsCommand, quoted } from './command.ts';

/** As far as a change of it needs. */
interface Changed {
  readonly name: string;
  /** Of allocation; absent: nobody knows. */
  readonly strategy?: string;
}

export const environmentChange = (region: string, { name }: Pick<Changed, 'name'>, option: string): string =>
  awsCommand(region, 'batch update-compute-environment', `--compute-environment ${quoted(name)}`, option);

/**
 * What only an infrastructure update changes: types, subnets, security groups, templates. BEST_FIT refuses it (AB 4.3);
 * elsewhere it replaces the instances, and gives the jobs on them half an hour [MEM].
 * @param resources as `update-compute-environment` takes them
 */
export function infrastructureChange(region: string, environment: Changed, resources: string): string {
  const { name, strategy } = environment;
  if (strategy === 'BEST_FIT') {
    return `${name} allocates by BEST_FIT and cannot be changed so: create a compute environment like it with another allocationStrategy and ${resources}, and put it in its place in the order of the queue.`;
  }
  const change = environmentChange(region, environment, `--compute-resources ${quoted(resources)}`);
  return `Instances are replaced by this, and what runs on them then is ended after 30 minutes, so wait for a quiet moment: ${change}`;
}
