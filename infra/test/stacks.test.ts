import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { configurationSchema } from '../../src/run/configuration-schema.ts';
import { pages } from '../pages.ts';
import { parseSettings } from '../read-settings.ts';
import { filled, judged, resourcesOf, synthesize, templatesOf, variants, whole } from './synthesized.ts';

describe.each(Object.entries(variants))('a set-up %s', (_, settings) => {
  const { pluginReports } = judged(settings);

  test('keeps the rules of AWS Solutions and of CloudFormation', () => {
    expect(pluginReports.map(({ pluginName }) => pluginName)).toContain('AwsSolutions');
    expect(pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  });

  test('says why it does not follow a rule', () => {
    const not = pluginReports.flatMap(({ suppressedViolations }) => suppressedViolations);
    expect(not.length).toBeGreaterThan(0);
    expect(not.filter(({ reason = '' }) => reason.split(' ').length < 5)).toEqual([]);
    const rules = new Set(not.map(({ ruleName }) => ruleName.replace(/\[.*/, '')));
    expect(['AwsSolutions-IAM5', 'AwsSolutions-S1', 'AwsSolutions-VPC7']).toEqual(
      expect.arrayContaining([...rules]),
    );
  });

  test('can be deployed without a bucket for its templates', () => {
    for (const template of templatesOf(settings)) {
      // As the command line of CDK writes it; CloudFormation takes 51,200 bytes.
      const text = stringify(template, { lineWidth: 0, schema: 'yaml-1.1' });
      expect(Buffer.byteLength(text)).toBeLessThan(50 * 1024);
      expect(text).not.toContain('AssetParameters');
    }
  });
});

describe('the block for muster.yaml', () => {
  const template = synthesize(whole);
  const text = filled(template.Outputs.MusterYaml?.Value, template);
  const configuration = configurationSchema.parse(parse(text));

  test('is a configuration with a queue for each architecture and capacity', () => {
    const { queues } = configuration;
    expect(Object.keys(queues)).toHaveLength(6);
    expect(queues['spot-first-arm64']).toEqual({
      ...{ arn: 'arn:aws:batch:us-east-1:123456789012:job-queue/muster-spot-first-arm64' },
      ...{ architecture: 'arm64', capacity: 'spot-first', instances: ['c7g', 'm7g', 'r7g'] },
      ...{ max_vcpus: 512, scratch: '100 GiB' },
    });
    expect(queues['spot-amd64']).toMatchObject({ max_vcpus: 256, instances: ['c7a', 'm7a', 'r7a'] });
  });

  test('leads to the bucket, the roles, the logs and the registry of the set-up', () => {
    expect(configuration).toMatchObject({
      ...{ engine: 'aws-batch', region: 'us-east-1', log_group: '/muster/jobs', metrics: true },
      store: 's3://muster-123456789012-us-east-1/ensembles',
      registry: '123456789012.dkr.ecr.us-east-1.amazonaws.com/muster',
      roles: {
        job: 'arn:aws:iam::123456789012:role/muster-job',
        execution: 'arn:aws:iam::123456789012:role/muster-execution',
      },
    });
  });

  test('fits into an output', () => {
    expect(text.length).toBeLessThan(4096);
  });
});

describe('queues', () => {
  const template = synthesize();
  const environments = resourcesOf(template, 'AWS::Batch::ComputeEnvironment').map(
    ({ Properties }) => Properties,
  );

  test('have nothing running while nothing waits', () => {
    expect(environments).toHaveLength(4);
    for (const one of environments) expect(one).toMatchObject({ ComputeResources: { MinvCpus: 0 } });
  });

  test('buy Spot where it is cheap and not soon interrupted, never with the default of AWS', () => {
    const strategies = environments
      .map(({ ComputeResources }) => ComputeResources)
      .map((one) => JSON.stringify(one));
    expect(strategies.filter((one) => one.includes('"SPOT_PRICE_CAPACITY_OPTIMIZED"'))).toHaveLength(2);
    expect(strategies.filter((one) => one.includes('"BEST_FIT_PROGRESSIVE"'))).toHaveLength(2);
  });

  test('of Spot first try Spot, then On-Demand', () => {
    const named = resourcesOf(template, 'AWS::Batch::JobQueue').find(
      ({ Properties }) => Properties.JobQueueName === 'muster-spot-first-amd64',
    );
    expect(named?.Properties.ComputeEnvironmentOrder).toEqual([
      {
        Order: 1,
        ComputeEnvironment: { 'Fn::GetAtt': [expect.stringContaining('amd64spot'), 'ComputeEnvironmentArn'] },
      },
      {
        Order: 2,
        ComputeEnvironment: { 'Fn::GetAtt': [expect.stringContaining('amd64ec2'), 'ComputeEnvironmentArn'] },
      },
    ]);
  });

  test('cancel what can never start, for each reason that AWS Batch accepts', () => {
    for (const { Properties } of resourcesOf(template, 'AWS::Batch::JobQueue')) {
      expect(Properties.JobStateTimeLimitActions).toEqual(
        [
          ['CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY', 86_400],
          ['MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE', 3600],
          ['MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT', 3600],
        ].map(([Reason, MaxTimeSeconds]) => ({
          Action: 'CANCEL',
          State: 'RUNNABLE',
          Reason,
          MaxTimeSeconds,
        })),
      );
    }
  });

  test('start instances with encrypted volumes and IMDSv2', () => {
    const [made] = resourcesOf(template, 'AWS::EC2::LaunchTemplate');
    const volume = (VolumeSize: number) => ({
      VolumeType: 'gp3',
      VolumeSize,
      Encrypted: true,
      DeleteOnTermination: true,
    });
    expect(made?.Properties.LaunchTemplateData).toMatchObject({
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: volume(50) },
        { DeviceName: '/dev/sdf', Ebs: volume(100) },
      ],
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 },
    });
  });

  test('have no scratch where none is asked for', () => {
    const bare = synthesize('compute: { scratch_gib: 0 }');
    const [made] = resourcesOf(bare, 'AWS::EC2::LaunchTemplate');
    expect(JSON.stringify(made)).not.toContain('/scratch');
    expect(JSON.stringify(made)).not.toContain('/dev/sdf');
    expect(filled(bare.Outputs.MusterYaml?.Value, bare)).not.toContain('scratch');
  });

  test('are those of one architecture where one is asked for', () => {
    const one = synthesize('compute: { architectures: [arm64] }');
    const names = resourcesOf(one, 'AWS::Batch::JobQueue').map(({ Properties }) => Properties.JobQueueName);
    expect(names).toEqual(['muster-spot-arm64', 'muster-spot-first-arm64', 'muster-on-demand-arm64']);
  });
});

describe('the bucket', () => {
  const template = synthesize();
  const [bucket] = resourcesOf(template, 'AWS::S3::Bucket');

  test('is private, versioned, and outlives the stack', () => {
    expect(bucket?.DeletionPolicy).toBe('Retain');
    expect(bucket?.Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        ...{
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    });
  });

  test('removes old versions, unfinished uploads and trial objects, and no result by its age', () => {
    expect(bucket?.Properties.LifecycleConfiguration).toEqual({
      Rules: [
        {
          ...{ Id: 'old-versions', Status: 'Enabled', ExpiredObjectDeleteMarker: true },
          NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        },
        {
          ...{ Id: 'unfinished-uploads', Status: 'Enabled' },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        },
        { Id: 'trials', Status: 'Enabled', Prefix: 'ensembles/preflight/', ExpirationInDays: 1 },
      ],
    });
  });

  test('takes nothing that is not encrypted on its way', () => {
    const [policy] = resourcesOf(template, 'AWS::S3::BucketPolicy');
    expect(policy?.Properties.PolicyDocument).toMatchObject({
      Statement: [
        { Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ],
    });
  });

  test('is left alone where it is there already', () => {
    const adopted = synthesize('storage: { bucket: lab-data, existing: true }');
    expect(resourcesOf(adopted, 'AWS::S3::Bucket')).toEqual([]);
    expect(resourcesOf(adopted, 'AWS::S3::BucketPolicy')).toEqual([]);
    expect(filled(adopted.Outputs.MusterYaml?.Value, adopted)).toContain('store: s3://lab-data/ensembles');
  });
});

test('logs have an end, and their group is there before the first job', () => {
  const groups = resourcesOf(synthesize(whole), 'AWS::Logs::LogGroup').map(({ Properties }) => Properties);
  expect(groups.map(({ LogGroupName }) => LogGroupName)).toContain('/muster/jobs');
  expect(groups.filter(({ RetentionInDays }) => RetentionInDays === undefined)).toEqual([]);
});

test('repositories keep what tags name', () => {
  const [repository] = resourcesOf(synthesize(), 'AWS::ECR::Repository');
  expect(repository?.DeletionPolicy).toBe('Retain');
  expect(repository?.Properties).toMatchObject({
    ...{ RepositoryName: 'muster/demo', ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION' },
    ImageTagMutabilityExclusionFilters: [
      {
        ImageTagMutabilityExclusionFilterType: 'WILDCARD',
        ImageTagMutabilityExclusionFilterValue: 'latest',
      },
    ],
  });
});

test('the end of a whole array starts the watch, the end of one of its children does not', () => {
  const rules = resourcesOf(synthesize(whole), 'AWS::Events::Rule').map(({ Properties }) => Properties);
  const ended = rules.find(({ Name }) => Name === 'muster-job-ended');
  expect(ended).toMatchObject({
    EventPattern: {
      detail: { status: ['SUCCEEDED', 'FAILED'], arrayProperties: { index: [{ exists: false }] } },
    },
    Targets: [{ Input: '{"ref":"main"}' }],
  });
  const [destination] = resourcesOf(synthesize(whole), 'AWS::Events::ApiDestination');
  expect(destination?.Properties.InvocationEndpoint).toBe(
    'https://api.github.com/repos/lab/grids/actions/workflows/watch.yml/dispatches',
  );
});

test('the token of GitHub is in no template', () => {
  const [connection] = resourcesOf(synthesize(whole), 'AWS::Events::Connection');
  expect(JSON.stringify(connection)).toContain(
    'Bearer {{resolve:secretsmanager:muster/github:SecretString:token',
  );
});

test.each([
  ['network: { mode: existing }', 'needs `subnets` and `security_groups`'],
  ['network: { subnets: [subnet-0a1] }', 'are of `mode: existing`'],
  ['network: { cidr: 8.8.0.0/16 }', 'private range'],
  ['storage: { existing: true }', 'needs the name of the `bucket`'],
  ['events: { secret: x }', '`github`, which is not set'],
  ['compute: { min_vcpus: 8 }', 'min_vcpus'],
])('%s is refused with what to write', (text, says) => {
  expect(() => parseSettings(text)).toThrow(says);
});

test.each(pages())('$url is what infra/ says (npm run infra -- docs)', ({ url, text }) => {
  expect(readFileSync(url, 'utf8')).toBe(text);
});
