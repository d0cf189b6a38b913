/**
 * The IAM actions that an operation needs, where they are not simply `<service>:<operation>`. Those of Batch: AB 11.1;
 * those of S3: AB 7.1 and 11.3.
 */
const actions: ReadonlyMap<string, readonly string[]> = new Map([
  ['S3 HeadBucket', ['s3:ListBucket']],
  ['S3 GetBucketLifecycleConfiguration', ['s3:GetLifecycleConfiguration']],
  ['S3 HeadObject', ['s3:GetObject']],
  ['S3 ListObjectsV2', ['s3:ListBucket']],
  ['S3 HeadBucket', ['s3:ListBucket']],
  ['S3 CreateMultipartUpload', ['s3:PutObject']],
  ['S3 UploadPart', ['s3:PutObject']],
  ['S3 CompleteMultipartUpload', ['s3:PutObject']],
  // With If-Match, S3 must be allowed to look at what is there (AB 7.1 [MEM]; for a deletion, by analogy).
  ['S3 PutObject if-match', ['s3:PutObject', 's3:GetObject']],
  ['S3 DeleteObject', ['s3:DeleteObject', 's3:GetObject']],
  // We always submit and register with tags.
  ['Batch SubmitJob', ['batch:SubmitJob', 'batch:TagResource']],
  ['Batch RegisterJobDefinition', ['batch:RegisterJobDefinition', 'batch:TagResource', 'iam:PassRole']],
  ['Batch CreateConsumableResource', ['batch:CreateConsumableResource', 'batch:TagResource']],
]);

const prefixes: ReadonlyMap<string, string> = new Map([
  ['AutoScaling', 'autoscaling'],
  ['Batch', 'batch'],
  ['CloudWatch', 'cloudwatch'],
  ['CloudWatchLogs', 'logs'],
  ['EC2', 'ec2'],
  ['ECR', 'ecr'],
  ['ECS', 'ecs'],
  ['IAM', 'iam'],
  ['Pricing', 'pricing'],
  ['S3', 's3'],
  ['ServiceQuotas', 'servicequotas'],
  ['STS', 'sts'],
]);

/**
 * What a role must be allowed to do for this call.
 * @param service as the SDK calls it: `S3`, `Batch`, `CloudWatchLogs`.
 */
export function actionsFor(service: string, operation: string): readonly string[] {
  const [plain = operation] = operation.split(' ');
  return (
    actions.get(`${service} ${operation}`) ??
    actions.get(`${service} ${plain}`) ?? [`${prefixes.get(service) ?? service.toLowerCase()}:${plain}`]
  );
}
