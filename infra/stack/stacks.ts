import {
  type App,
  BootstraplessSynthesizer,
  Fn,
  type IStackSynthesizer,
  Stack,
  type StackProps,
} from 'aws-cdk-lib';
import type { Settings } from '../settings.ts';
import { WorkflowRoles } from './access.ts';
import { AccountStack } from './account-stack.ts';
import { Events } from './events.ts';
import { tellVariables } from './outputs.ts';
import { thingsOf } from './things.ts';

/**
 * The account, and apart from it what GitHub may do there: together they would be larger than what CloudFormation takes
 * without a bucket to put it in (51,200 bytes), and an account would need `cdk bootstrap` first.
 */
export function makeStacks(app: App, settings: Settings): readonly Stack[] {
  const account = new AccountStack(app, settings.name, settings, {
    ...shared(),
    description: 'Ensembles on AWS Batch: network, bucket, images, queues, roles of jobs, alarms.',
  });
  const { github } = settings;
  if (github === undefined) return [account];
  const workflows = new WorkflowStack(app, `${settings.name}-github`, settings, github, {
    ...shared(),
    description: `What workflows of ${github.repository} may do with ensembles.`,
  });
  // Nothing of it is referred to: names are chosen. But workflows must not come before what they work with.
  workflows.addStackDependency(account);
  return [account, workflows];
}

const shared = (): StackProps => ({
  // CloudFormation puts them on everything that can have tags.
  tags: { 'managed-by': 'muster' },
  // CDK's types are not written for `exactOptionalPropertyTypes`: the class is what its interface says.
  synthesizer: new BootstraplessSynthesizer() as IStackSynthesizer,
});

class WorkflowStack extends Stack {
  constructor(
    app: App,
    id: string,
    settings: Settings,
    github: NonNullable<Settings['github']>,
    props: StackProps,
  ) {
    super(app, id, props);
    const things = thingsOf(settings);
    const { roles } = new WorkflowRoles(this, 'Roles', settings, github, things);
    const { events } = settings;
    const queues = things.queues.map((one) => Fn.sub(one));
    if (events !== undefined) new Events(this, 'Events', settings, github, events, queues);
    tellVariables(this, github, roles);
  }
}
