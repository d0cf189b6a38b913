import { Aws, Fn, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { accept } from './accept.ts';

/** What ECS, ECR and the log driver need where there is no way out (AB 5.4); S3 has a gateway endpoint, which is free. */
export const endpointServices = ['ecs-agent', 'ecs-telemetry', 'ecs', 'ecr.api', 'ecr.dkr', 'logs'] as const;

type Mode = Settings['network']['mode'];

/** Where instances start. Nothing is looked up: a VPC of somebody else is named by its subnets and groups. */
export class Network extends Construct {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const { network } = settings;
    if (network.mode === 'existing') {
      this.subnetIds = network.subnets;
      this.securityGroupIds = network.security_groups;
      return;
    }
    const vpc = this.#vpc(settings);
    const group = this.#instances(vpc, settings);
    if (network.mode === 'endpoints') this.#endpoints(vpc, group, settings);
    const { subnetIds } = vpc.selectSubnets({ subnetGroupName: groupName(network.mode) });
    this.subnetIds = subnetIds;
    this.securityGroupIds = [group.securityGroupId];
  }

  #vpc({ name, network }: Settings): ec2.IVpc {
    const vpc = new ec2.Vpc(this, 'Vpc', {
      vpcName: name,
      ipAddresses: ec2.IpAddresses.cidr(network.cidr),
      // The zones of whatever region the stack goes to, without asking an account for their names.
      availabilityZones: Array.from({ length: network.zones }, (_, index) =>
        Fn.select(index, Fn.getAzs(Aws.REGION)),
      ),
      natGateways: network.mode === 'nat' ? 1 : 0,
      subnetConfiguration: [...subnetGroups(network.mode)],
      // In every mode: what NAT takes per GB for layers and results, it saves (AB 10.4).
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
      restrictDefaultSecurityGroup: false,
    });
    accept(
      vpc,
      'AwsSolutions-VPC7',
      'Flow logs cost more than the network and would show HTTPS to AWS only.',
    );
    // CDK's types are not written for `exactOptionalPropertyTypes`: the class is what its interface says.
    return vpc as ec2.IVpc;
  }

  /** Lets nobody in. The resolver of the VPC is not filtered by security groups (AB 5.2 [MEM]), so 443 is enough. */
  #instances(vpc: ec2.IVpc, { name, network }: Settings): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this, 'Instances', {
      vpc,
      description: `${name}: instances of compute environments. Nobody in, HTTPS out.`,
      allowAllOutbound: false,
    });
    for (const port of network.egress_ports) {
      group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(port), `out to TCP ${port}`);
    }
    Tags.of(group).add('Name', `${name}-instances`);
    return group;
  }

  #endpoints(vpc: ec2.IVpc, instances: ec2.SecurityGroup, { name }: Settings): void {
    const group = new ec2.SecurityGroup(this, 'Endpoints', {
      vpc,
      description: `${name}: interface endpoints. HTTPS from the instances.`,
      allowAllOutbound: false,
    });
    group.addIngressRule(instances, ec2.Port.tcp(443), 'HTTPS from the instances');
    for (const service of endpointServices) {
      new ec2.InterfaceVpcEndpoint(this, `To-${service}`, {
        vpc,
        service: new ec2.InterfaceVpcEndpointService(`com.amazonaws.${Aws.REGION}.${service}`, 443),
        privateDnsEnabled: true,
        securityGroups: [group],
        subnets: { subnetGroupName: groupName('endpoints') },
        open: false,
      });
    }
  }
}

const groupName = (mode: Mode) => (mode === 'public' ? 'public' : 'instances');

/** Of /20 to /26, by the range of the VPC: CDK divides it evenly. */
function subnetGroups(mode: Mode): readonly ec2.SubnetConfiguration[] {
  const isPublic = { name: 'public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: true };
  switch (mode) {
    case 'nat':
      return [isPublic, { name: 'instances', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }];
    case 'endpoints':
      return [{ name: 'instances', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }];
    default:
      return [isPublic];
  }
}
