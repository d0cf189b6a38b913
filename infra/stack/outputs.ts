import { Aws, CfnOutput, type Stack } from 'aws-cdk-lib';
import type { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Settings } from '../settings.ts';
import type { JobRoles } from './access.ts';
import type { Queue } from './compute.ts';
import type { WorkflowRole } from './trust.ts';

interface Made {
  readonly settings: Settings;
  readonly bucket: string;
  readonly queues: readonly Queue[];
  readonly roles: JobRoles;
}

/** What to write into muster.yaml, to be copied as it is. In the flow style: outputs are short (4,096 characters [MEM]). */
export function tellMusterYaml(stack: Stack, made: Made): void {
  new CfnOutput(stack, 'MusterYaml', { description: 'For muster.yaml', value: musterYaml(made) });
}

function musterYaml({ settings, bucket, queues, roles }: Made): string {
  const { compute, images, logs, metrics, storage } = settings;
  const scratch = compute.scratch_gib > 0 ? `, scratch: ${compute.scratch_gib} GiB` : '';
  return [
    'engine: aws-batch',
    `region: ${Aws.REGION}`,
    `store: s3://${bucket}/${storage.prefix}`,
    'queues:',
    ...queues.map(
      ({ name, arn, architecture, capacity, instances, maxVcpus }) =>
        `  ${name}: { arn: "${arn}", architecture: ${architecture}, capacity: ${capacity}, instances: [${instances.join(', ')}], max_vcpus: ${maxVcpus}${scratch} }`,
    ),
    `log_group: ${logs.group}`,
    `roles: { job: "${roles.job.attrArn}", execution: "${roles.execution.attrArn}" }`,
    `registry: ${Aws.ACCOUNT_ID}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}/${images.prefix}`,
    ...(metrics ? ['metrics: true'] : []),
    '',
  ].join('\n');
}

/** The commands that set the variables of the repository, as its workflows read them. */
export function tellVariables(
  stack: Stack,
  { repository }: NonNullable<Settings['github']>,
  roles: ReadonlyMap<WorkflowRole, CfnRole>,
): void {
  const set = (name: string, value: string) => `gh variable set ${name} -R ${repository} -b ${value}`;
  const ofRoles = [...roles].map(([role, { attrArn }]) => set(`MUSTER_${role.toUpperCase()}_ROLE`, attrArn));
  const value = [set('AWS_REGION', Aws.REGION), ...ofRoles].join('\n');
  new CfnOutput(stack, 'GitHubVariables', { description: 'For a shell with gh', value });
}
