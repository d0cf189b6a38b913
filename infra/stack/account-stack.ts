import { type App, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Settings } from '../settings.ts';
import { JobRoles } from './access.ts';
import { Alarms } from './alarms.ts';
import { Compute } from './compute.ts';
import { Images } from './images.ts';
import { Network } from './network.ts';
import { tellMusterYaml } from './outputs.ts';
import { Storage } from './storage.ts';
import { thingsOf } from './things.ts';
import { Watchdog } from './watchdog.ts';

/** For whatever account and region deploys it: nothing is looked up when it is synthesized. */
export class AccountStack extends Stack {
  constructor(app: App, id: string, settings: Settings, props: StackProps) {
    super(app, id, props);
    const things = thingsOf(settings);
    const network = new Network(this, 'Network', settings);
    const storage = new Storage(this, 'Storage', settings);
    new Images(this, 'Images', settings);
    this.#logs(settings);
    const roles = new JobRoles(this, 'JobRoles', things);
    const { queues } = new Compute(this, 'Compute', settings, network, roles.profile.attrArn);
    const alarms = new Alarms(
      this,
      'Alarms',
      settings,
      queues.map(({ arn }) => arn),
    );
    new Watchdog(this, 'Watchdog', settings, things, storage.name, alarms.topic);
    tellMusterYaml(this, { settings, bucket: storage.name, queues, roles });
  }

  /** Before the first job: a group that is missing fails every job at its start. */
  #logs({ logs: { group, days } }: Settings): void {
    const made = new logs.CfnLogGroup(this, 'Logs', { logGroupName: group, retentionInDays: days });
    made.applyRemovalPolicy(RemovalPolicy.DESTROY);
  }
}
