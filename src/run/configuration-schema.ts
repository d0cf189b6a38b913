import { z } from 'zod';
import { parseDuration, parseMemory } from '../grid/units.ts';
import { parseReference } from '../image/reference.ts';

/**
 * `muster.yaml` (design, section 3): what the operator of the account decides. Grids may only lower its limits.
 * Everything has a default, so that a clone without the file works on one machine.
 */
const usd = z.number().nonnegative();

const isDuration = (text: string) => isAbove0(() => parseDuration(text));
const isMemory = (text: string) => isAbove0(() => parseMemory(text));

function isAbove0(parse: () => number): boolean {
  try {
    return parse() > 0;
  } catch {
    return false;
  }
}

/** Partition, region, account and name (AB 11.1). */
export const queueArn = /^arn:(aws[a-z-]*):batch:([a-z0-9-]+):(\d{12}):job-queue\/([\w-]{1,128})$/;

const roleArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    'write the whole ARN of a role, with its path: arn:aws:iam::<account>:role/<name>',
  );

const queueSchema = z.strictObject({
  arn: z
    .string()
    .regex(queueArn, 'write the ARN of a job queue: arn:aws:batch:<region>:<account>:job-queue/<name>')
    .meta({ description: 'Of the AWS Batch job queue.' }),
  architecture: z
    .enum(['arm64', 'amd64'])
    .meta({ description: 'Of every instance type of its compute environments; they cannot be mixed.' }),
  capacity: z.enum(['spot', 'spot-first', 'on-demand']).meta({
    description:
      'What its compute environments buy: `spot-first` is Spot, then On-Demand, and is priced as On-Demand.',
  }),
  scratch: z
    .string()
    .refine(isMemory, 'write a size, such as `200 GiB`')
    .exactOptional()
    .meta({
      description:
        'Size of the volume that its instances have at `/scratch`; with it, containers see it there.',
      examples: ['200 GiB'],
    }),
  instances: z
    .array(z.string())
    .min(1)
    .exactOptional()
    .meta({
      description:
        'Families, sizes or bundles of its compute environments, for prices. Without it, the bundle of the architecture.',
      examples: [['c7a', 'm7a.4xlarge']],
    }),
  max_vcpus: z
    .number()
    .int()
    .positive()
    .exactOptional()
    .meta({ description: '`maxvCpus` of its compute environments together: how many slices run at once.' }),
});

const settings = {
  store: z
    .string()
    .default('.muster/store')
    .meta({
      description:
        'Where state and outputs live: a folder (relative to this file), `file:///path` or `s3://bucket/prefix`.',
      examples: ['s3://lab-muster/ensembles'],
    }),
  engine: z
    .enum(['local', 'aws-batch'])
    .default('local')
    .meta({ description: 'Where slices run when no `--engine` is given.' }),
  forge: z.enum(['local', 'github']).default('local').meta({
    description:
      'Where reviews are opened. `local` writes them as pages below `.muster/forge/`; `github` opens pull requests of `repository`, with the token in `GITHUB_TOKEN` or `GH_TOKEN`.',
  }),
  repository: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/, 'write owner/name')
    .default('local/grids')
    .meta({
      description:
        '`owner/name`, for records and links. With `forge: github` a workflow knows it (`GITHUB_REPOSITORY`).',
    }),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'write the name of an AWS region, such as us-east-1')
    .exactOptional()
    .meta({
      description: 'AWS region of queues and logs. Without it, that of the queues.',
      examples: ['us-east-1'],
    }),
  queues: z
    .record(z.string(), queueSchema)
    .default({})
    .meta({ description: 'Job queues by the name that grids use (`resources.queue`).' }),
  log_group: z
    .string()
    .regex(/^[\w./#-]{1,512}$/, 'write the name of a log group')
    .default('/aws/batch/job')
    .meta({ description: 'CloudWatch log group of the jobs. It has to exist.' }),
  roles: z
    .strictObject({
      job: roleArn.exactOptional().meta({
        description: 'What the container may do: read the run, write fragments and outputs.',
      }),
      execution: roleArn.exactOptional().meta({
        description: 'What pulls the image and opens the log. Without it, the role of the instance does.',
      }),
    })
    .default({})
    .meta({ description: 'Roles of the jobs.' }),
  registry: z
    .string()
    .max(200)
    .refine(
      (text) =>
        !/[@\s]/.test(text) &&
        parseReference(`${text}/name`)?.tag === undefined &&
        parseReference(`${text}/name`) !== undefined,
      'write a registry with a prefix, without a tag: <account>.dkr.ecr.<region>.amazonaws.com/<prefix>',
    )
    .exactOptional()
    .meta({
      description:
        'Where `muster image push` and `wrap` put images, and where launches find them: a registry and a prefix of its repositories.',
      examples: ['123456789012.dkr.ecr.us-east-1.amazonaws.com/muster'],
    }),
  build_args: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/, 'write the name of an ARG'), z.string())
    .default({})
    .meta({
      description:
        'Values for `ARG` of the Dockerfiles below `docker/`, such as mirrors of their bases. They are part of what an image is.',
      examples: [{ NODE_IMAGE: 'mirror.lab/node:24.21.0-bookworm-slim' }],
    }),
  images: z
    .record(
      z.string(),
      z
        .string()
        .max(255)
        .regex(
          /^[^\s@]+@sha256:[0-9a-f]{64}$/,
          'write a reference with its digest: <repository>@sha256:<64 hex>',
        ),
    )
    .default({})
    .meta({
      description:
        'Images that stay what they are, by the name that grids use (`program.image`), for AWS Batch: a reference with its digest. They win over what `registry` holds.',
    }),
  money: z
    .strictObject({
      run_usd: usd
        .exactOptional()
        .meta({ description: "Highest budget of a run; a grid's `budget.usd` may be lower." }),
      month_usd: usd
        .exactOptional()
        .meta({ description: 'Of all runs of the store in a calendar month (UTC).' }),
      approval_above_usd: usd
        .exactOptional()
        .meta({ description: 'An estimate above this needs `--approve-usd`.' }),
      ceiling_usd: usd.exactOptional().meta({
        description: 'Highest ceiling: what a run costs if every attempt runs into its timeout.',
      }),
      local_usd_per_vcpu_hour: usd
        .default(0)
        .meta({ description: 'What an hour of one vCPU of this machine costs.' }),
    })
    .default({ local_usd_per_vcpu_hour: 0 })
    .meta({ description: 'Limits in USD.' }),
  watch: z
    .strictObject({
      every: z
        .string()
        .refine(isDuration, 'write a duration, such as `10 min`')
        .default('10 min')
        .meta({ description: 'How often runs are looked at when nobody follows them.' }),
    })
    .default({ every: '10 min' })
    .meta({ description: 'Looking at running ensembles.' }),
  metrics: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether a watch sends CloudWatch metrics, which cost money per grid and month.' }),
} as const;

/** The file without its stages: what a command goes by. */
export const configurationSchema = z.strictObject(settings);

export type Configuration = z.output<typeof configurationSchema>;

/** The file as it is written, for editors and the reference. */
export const fileSchema = z
  .strictObject({
    ...settings,
    stages: z
      .record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.looseObject({}))
      .default({})
      .meta({
        description:
          'Other places to work in, by name. Each holds keys of this file, which replace those above as a whole when `--stage` or `MUSTER_STAGE` names it.',
      }),
  })
  .meta({ title: 'muster.yaml' });
