import { Fn, Tags } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import type { Network } from './network.ts';
import { type Architecture, type Capacity, capacities, queueName } from './things.ts';
import { rootDevice, scratchDevice, userData } from './user-data.ts';

/** A queue as muster.yaml has it. */
export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly architecture: Architecture;
  readonly capacity: Capacity;
  readonly instances: readonly string[];
  /** Of its environments together. */
  readonly maxVcpus: number;
}

/** Queues for each architecture and capacity. Nothing of it costs anything until a job waits. */
export class Compute extends Construct {
  readonly queues: readonly Queue[];
  readonly #settings: Settings;
  readonly #network: Network;
  readonly #profile: string;
  readonly #template: ec2.CfnLaunchTemplate;

  constructor(scope: Construct, id: string, settings: Settings, network: Network, profile: string) {
    super(scope, id);
    this.#settings = settings;
    this.#network = network;
    this.#profile = profile;
    this.#template = this.#launchTemplate();
    this.queues = settings.compute.architectures.flatMap((architecture) => this.#queuesOf(architecture));
  }

  #queuesOf(architecture: Architecture): readonly Queue[] {
    const spot = this.#environment(architecture, 'SPOT');
    const onDemand = this.#environment(architecture, 'EC2');
    const bought = { spot: [spot], 'spot-first': [spot, onDemand], 'on-demand': [onDemand] };
    return capacities.map((capacity) => this.#queue(architecture, capacity, bought[capacity]));
  }

  /** Without a name, so that what cannot be changed in place can be replaced. */
  #environment(architecture: Architecture, type: 'SPOT' | 'EC2'): batch.CfnComputeEnvironment {
    const { name, compute } = this.#settings;
    const environment = new batch.CfnComputeEnvironment(this, `${architecture}-${type.toLowerCase()}`, {
      ...{ type: 'MANAGED', state: 'ENABLED' },
      // In place where AWS can (AB 4.3: with any strategy but BEST_FIT).
      replaceComputeEnvironment: false,
      updatePolicy: { jobExecutionTimeoutMinutes: 720, terminateJobsOnUpdate: false },
      computeResources: {
        type,
        allocationStrategy: type === 'SPOT' ? 'SPOT_PRICE_CAPACITY_OPTIMIZED' : 'BEST_FIT_PROGRESSIVE',
        // 0: kept even when disabled, and billed (AB 4.2).
        ...{ minvCpus: 0, maxvCpus: compute.max_vcpus, updateToLatestImageVersion: true },
        instanceTypes: compute.instances[architecture],
        ec2Configuration: [{ imageType: 'ECS_AL2023' }],
        subnets: [...this.#network.subnetIds],
        securityGroupIds: [...this.#network.securityGroupIds],
        instanceRole: this.#profile,
        launchTemplate: {
          launchTemplateId: this.#template.ref,
          version: this.#template.attrLatestVersionNumber,
        },
        // Of the instances; what the stack tags is the environment.
        tags: {
          Name: `${name}-${architecture}-${type === 'SPOT' ? 'spot' : 'on-demand'}`,
          'managed-by': 'muster',
        },
      },
    });
    return environment;
  }

  #queue(
    architecture: Architecture,
    capacity: Capacity,
    environments: readonly batch.CfnComputeEnvironment[],
  ): Queue {
    const { name, compute } = this.#settings;
    const jobQueueName = queueName(name, capacity, architecture);
    const queue = new batch.CfnJobQueue(this, `${capacity}-${architecture}`, {
      ...{ jobQueueName, state: 'ENABLED', priority: 1 },
      computeEnvironmentOrder: environments.map((one, index) => ({
        ...{ order: index + 1, computeEnvironment: one.attrComputeEnvironmentArn },
      })),
      jobStateTimeLimitActions: timeLimits(compute.cancel_after_minutes),
    });
    return {
      ...{ name: `${capacity}-${architecture}`, arn: queue.attrJobQueueArn, architecture, capacity },
      ...{ instances: compute.instances[architecture], maxVcpus: compute.max_vcpus * environments.length },
    };
  }

  /** One for all: what differs by architecture, the environment says. */
  #launchTemplate(): ec2.CfnLaunchTemplate {
    const { compute, name } = this.#settings;
    const ebs = (volumeSize: number) => ({
      ...{ volumeType: 'gp3', volumeSize, encrypted: true, deleteOnTermination: true },
    });
    const template = new ec2.CfnLaunchTemplate(this, 'Template', {
      launchTemplateData: {
        blockDeviceMappings: [
          { deviceName: rootDevice, ebs: ebs(compute.root_gib) },
          ...(compute.scratch_gib > 0 ? [{ deviceName: scratchDevice, ebs: ebs(compute.scratch_gib) }] : []),
        ],
        metadataOptions: {
          ...{ httpTokens: 'required', httpEndpoint: 'enabled' },
          httpPutResponseHopLimit: compute.metadata_hops,
        },
        userData: Fn.base64(userData(compute.scratch_gib)),
        tagSpecifications: [
          {
            resourceType: 'volume',
            tags: [
              { key: 'Name', value: name },
              { key: 'managed-by', value: 'muster' },
            ],
          },
        ],
      },
    });
    Tags.of(template).add('Name', name);
    return template;
  }
}

/** Reasons that AWS Batch may cancel for (AB 4.5): one impossible job blocks everything behind it. Seconds. */
const timeLimits = ({ capacity, misconfiguration }: Settings['compute']['cancel_after_minutes']) =>
  [
    { reason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY', minutes: capacity },
    { reason: 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE', minutes: misconfiguration },
    { reason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT', minutes: misconfiguration },
  ].map(({ reason, minutes }) => ({
    reason,
    state: 'RUNNABLE',
    action: 'CANCEL',
    maxTimeSeconds: minutes * 60,
  }));
