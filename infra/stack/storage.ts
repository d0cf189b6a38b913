import { Fn, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { accept } from './accept.ts';
import { bucketName } from './things.ts';

/**
 * The bucket of the store. No rule removes outputs by age: what supersedes an attempt is known to the records alone, and
 * prefixes of rules know no stars. `muster cleanup` deletes; the versions that it leaves expire here.
 */
export class Storage extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const { storage } = settings;
    const name = filled(bucketName(settings));
    this.name = name;
    if (storage.existing) return;
    const bucket = new s3.CfnBucket(this, 'Bucket', {
      bucketName: name,
      publicAccessBlockConfiguration: {
        ...{ blockPublicAcls: true, blockPublicPolicy: true },
        ...{ ignorePublicAcls: true, restrictPublicBuckets: true },
      },
      ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
      bucketEncryption: {
        serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
      },
      versioningConfiguration: { status: 'Enabled' },
      lifecycleConfiguration: { rules: [...lifecycleRules(storage)] },
    });
    // Results outlive the stack that made their place.
    bucket.applyRemovalPolicy(RemovalPolicy.RETAIN);
    accept(
      bucket,
      'AwsSolutions-S1',
      'A second bucket of access logs costs more than it tells: only roles of this stack come here.',
    );
    new s3.CfnBucketPolicy(this, 'OnlyTls', { bucket: bucket.ref, policyDocument: onlyTls(bucket.attrArn) });
  }
}

const filled = (name: string) => (name.includes('${AWS::') ? Fn.sub(name) : name);

function lifecycleRules({
  prefix,
  old_versions_days,
}: Settings['storage']): readonly s3.CfnBucket.RuleProperty[] {
  return [
    {
      ...{ id: 'old-versions', status: 'Enabled', expiredObjectDeleteMarker: true },
      noncurrentVersionExpiration: { noncurrentDays: old_versions_days },
    },
    // Parts of uploads that a killed worker left are billed and not to be seen (AB 7.4).
    {
      ...{ id: 'unfinished-uploads', status: 'Enabled' },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    },
    // Trial objects of a preflight that was killed.
    { id: 'trials', status: 'Enabled', prefix: `${prefix}/preflight/`, expirationInDays: 1 },
  ];
}

const onlyTls = (bucket: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      ...{ Sid: 'OnlyTls', Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*' },
      Resource: [bucket, `${bucket}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
});
