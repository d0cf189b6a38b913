import { z } from 'zod';

/** Every choice of the account's set-up, with its default: `infra/muster.infra.yaml`. */

const cidr = /^(10|172|192)(\.\d{1,3}){3}\/(1[6-9]|2[0-2])$/;

const networkSchema = z.strictObject({
  mode: z.enum(['public', 'nat', 'endpoints', 'existing']).default('public').meta({
    description:
      '`public`: instances have public addresses and let nobody in. `nat`: private subnets behind one NAT gateway. `endpoints`: private subnets without a way out, but to AWS. `existing`: `subnets` and `security_groups` of yours.',
  }),
  cidr: z
    .string()
    .regex(cidr, 'write a private range of /16 to /22, such as 10.84.0.0/16')
    .default('10.84.0.0/16')
    .meta({ description: 'Range of the new VPC. It matters only where networks are joined.' }),
  zones: z
    .number()
    .int()
    .min(2)
    .max(3)
    .default(3)
    .meta({ description: 'Availability zones of the new VPC: more have more Spot capacity.' }),
  egress_ports: z
    .array(z.number().int().min(1).max(65_535))
    .min(1)
    .default([443])
    .meta({ description: 'TCP ports that instances may reach. HTTPS is all that Muster needs.' }),
  subnets: z
    .array(z.string().regex(/^subnet-[0-9a-f]+$/, 'write the id of a subnet'))
    .default([])
    .meta({ description: 'Of `existing`: where instances start; all in one VPC.' }),
  security_groups: z
    .array(z.string().regex(/^sg-[0-9a-f]+$/, 'write the id of a security group'))
    .default([])
    .meta({ description: 'Of `existing`: what instances have; egress to TCP 443 has to be open.' }),
});

const storageSchema = z.strictObject({
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'write the name of a bucket')
    .exactOptional()
    .meta({ description: 'Name of the bucket. Without it, `<name>-<account>-<region>`.' }),
  existing: z.boolean().default(false).meta({
    description: 'Whether `bucket` is there already (of an earlier stack, or yours). It is left as it is.',
  }),
  prefix: z
    .string()
    .regex(/^[\w-]+(\/[\w-]+)*$/, 'write a prefix without slashes at its ends')
    .default('ensembles')
    .meta({ description: 'Where the store is in the bucket.' }),
  old_versions_days: z.number().int().min(1).default(30).meta({
    description:
      'How long what was overwritten or deleted (superseded attempts, by clean-up) can be had back.',
  }),
  inputs: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'write the name of a bucket'))
    .default([])
    .meta({ description: 'Other buckets that programs read: the `inputs` of grids. E.g. `[scedc-pds]`' }),
});

const imagesSchema = z.strictObject({
  prefix: z
    .string()
    .regex(/^[a-z][a-z0-9_-]*$/, 'write lower-case letters, digits, - and _')
    .default('muster')
    .meta({ description: 'What the names of repositories begin with; the last part of `registry`.' }),
  repositories: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, 'write the name of a folder of docker/'))
    .default(['demo'])
    .meta({ description: 'Made beforehand. Others are made by the first push of an image.' }),
});

const family = z
  .string()
  .regex(/^[a-z][a-z0-9-]+(\.[a-z0-9-]+)?$/, 'write a family or a size: c7g, c7g.4xlarge');
const families = z.array(family).min(1);

const computeSchema = z.strictObject({
  architectures: z
    .array(z.enum(['arm64', 'amd64']))
    .min(1)
    .default(['arm64', 'amd64'])
    .meta({ description: 'Each has queues of its own: AWS Batch does not mix them.' }),
  instances: z
    .strictObject({
      arm64: families.default(['c7g', 'm7g', 'r7g']),
      amd64: families.default(['c7a', 'm7a', 'r7a']),
    })
    .default({ arm64: ['c7g', 'm7g', 'r7g'], amd64: ['c7a', 'm7a', 'r7a'] })
    .meta({ description: 'What may be started, by architecture. More families are interrupted less.' }),
  max_vcpus: z.number().int().positive().default(256).meta({
    description: 'Of each compute environment: the most that runs at once. The fewest is always 0.',
  }),
  scratch_gib: z
    .number()
    .int()
    .min(0)
    .max(16_384)
    .default(100)
    .meta({ description: 'Encrypted volume of each instance at `/scratch`, GiB; 0 for none.' }),
  root_gib: z
    .number()
    .int()
    .min(30)
    .max(1024)
    .default(50)
    .meta({ description: 'Encrypted volume of the system and of images, GiB.' }),
  metadata_hops: z.number().int().min(1).max(2).default(2).meta({
    description:
      '2: workers learn which machine they are on, for the exact cost. 1: containers cannot ask, nor act as the instance.',
  }),
  cancel_after_minutes: z
    .strictObject({
      capacity: z.number().int().min(10).max(1440).default(1440),
      misconfiguration: z.number().int().min(10).max(1440).default(60),
    })
    .default({ capacity: 1440, misconfiguration: 60 })
    .meta({
      description:
        'When AWS Batch cancels a job at the head of a queue that cannot start: no instances to be had, or none that fits.',
    }),
});

const logsSchema = z.strictObject({
  group: z
    .string()
    .regex(/^[\w./#-]{1,512}$/, 'write the name of a log group')
    .default('/muster/jobs')
    .meta({ description: 'Log group of the jobs, made before the first of them.' }),
  days: z
    .literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731])
    .default(90)
    .meta({ description: 'How long logs are kept.' }),
});

const alarmsSchema = z.strictObject({
  email: z
    .email()
    .exactOptional()
    .meta({ description: 'Who is told. Without it the topic has no subscriber, and alarms are only seen.' }),
  monthly_usd: z.number().positive().default(100).meta({
    description: 'Budget of the account: told at 80 % spent and at 100 % foreseen. It stops nothing.',
  }),
  failed_jobs_per_hour: z
    .number()
    .int()
    .positive()
    .default(50)
    .meta({ description: 'Failed slices (after all their attempts) in an hour that are worth a message.' }),
  watch_minutes: z
    .number()
    .int()
    .min(30)
    .default(60)
    .meta({ description: 'How long a run may be active without a look of the watch.' }),
});

const githubSchema = z.strictObject({
  repository: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/, 'write owner/name')
    .meta({ description: 'The repository whose workflows assume the roles: `owner/name`.' }),
  owner_id: z
    .number()
    .int()
    .positive()
    .meta({ description: 'Of its owner: `gh api repos/<owner>/<name> --jq .owner.id`' }),
  repository_id: z.number().int().positive().meta({ description: '`gh api repos/<owner>/<name> --jq .id`' }),
  branch: z
    .string()
    .regex(/^[\w./-]+$/, 'write the name of a branch')
    .default('main')
    .meta({ description: 'The branch that launches.' }),
  provider: z.enum(['new', 'existing']).default('new').meta({
    description:
      'Whether the account has the OpenID Connect provider of GitHub: `aws iam list-open-id-connect-providers`. There can be one.',
  }),
});

const eventsSchema = z.strictObject({
  secret: z
    .string()
    .regex(/^[\w/+=.@-]+$/, 'write the name of a secret')
    .meta({
      description:
        'Name of a secret in Secrets Manager: `{"token": "..."}`, a fine-grained token with "Actions: write" on the repository.',
    }),
});

export const settingsSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,20}$/, 'write up to 21 lower-case letters, digits and -')
      .default('muster')
      .meta({ description: 'What the names of everything begin with, and the name of the stack.' }),
    network: networkSchema.prefault({}).meta({ description: 'Where instances start.' }),
    storage: storageSchema.prefault({}).meta({ description: 'The bucket of state and outputs.' }),
    images: imagesSchema.prefault({}).meta({ description: 'Repositories of images in ECR.' }),
    compute: computeSchema.prefault({}).meta({ description: 'Compute environments and queues.' }),
    logs: logsSchema.prefault({}).meta({ description: 'Logs of the jobs.' }),
    alarms: alarmsSchema.prefault({}).meta({ description: 'What somebody is told.' }),
    metrics: z.boolean().default(false).meta({
      description: 'Whether the watch may send CloudWatch metrics (`metrics: true` of muster.yaml).',
    }),
    github: githubSchema.exactOptional().meta({
      description: 'Roles for workflows of a repository. Without it there are none: for people at terminals.',
    }),
    events: eventsSchema.exactOptional().meta({
      description: 'Starts the watch when a job ends, instead of waiting for its schedule. Needs `github`.',
    }),
  })
  .check(({ value: { network, storage, github, events }, issues }) => {
    const owned = network.subnets.length > 0 && network.security_groups.length > 0;
    const say = (path: string, message: string) =>
      issues.push({ code: 'custom', input: network, path: [path], message });
    if (network.mode === 'existing' && !owned) {
      say('network', '`mode: existing` needs `subnets` and `security_groups`: the ids of yours');
    }
    if (network.mode !== 'existing' && network.subnets.length + network.security_groups.length > 0) {
      say('network', '`subnets` and `security_groups` are of `mode: existing`');
    }
    if (storage.existing && storage.bucket === undefined) {
      say('storage', '`existing: true` needs the name of the `bucket`');
    }
    if (events !== undefined && github === undefined) {
      say('events', '`events` starts a workflow of `github`, which is not set');
    }
  });

export type Settings = z.output<typeof settingsSchema>;
