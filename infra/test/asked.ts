import { globSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { actionsFor } from '../../src/aws/actions.ts';

// What the sources ask of AWS: each call of an SDK client in src/, found by the operations that the SDK has.

const root = fileURLToPath(new URL('../..', import.meta.url));

/** As `actionsFor` calls services, by the package of the SDK. */
const services = {
  'auto-scaling': 'AutoScaling',
  batch: 'Batch',
  cloudwatch: 'CloudWatch',
  'cloudwatch-logs': 'CloudWatchLogs',
  ec2: 'EC2',
  ecr: 'ECR',
  ecs: 'ECS',
  iam: 'IAM',
  s3: 'S3',
  'service-quotas': 'ServiceQuotas',
  sts: 'STS',
} as const;

/** Services that have an operation of this name. */
const operations: ReadonlyMap<string, readonly string[]> = Map.groupBy(
  Object.entries(services).flatMap(([part, service]) =>
    readdirSync(`${root}node_modules/@aws-sdk/client-${part}/dist-types/commands`)
      .flatMap((file) => /^(\w+)Command\.d\.ts$/.exec(file)?.[1] ?? [])
      .map((operation) => ({ operation, service })),
  ),
  ({ operation }) => operation,
)
  .entries()
  .reduce(
    (all, [operation, found]) =>
      all.set(
        operation,
        found.map(({ service }) => service),
      ),
    new Map(),
  );

export interface Asked {
  /** Below the repository. */
  readonly file: string;
  readonly service: string;
  readonly operation: string;
}

/** @param text of a source. `client.describeJobs(`, `new GetObjectCommand`, `paginateListJobs(`. */
export function operationsIn(text: string): readonly string[] {
  const called = Array.from(text.matchAll(/\.([a-z]\w+)\(/g), ([, name = '']) => capital(name));
  const sent = Array.from(text.matchAll(/\bnew ([A-Z]\w+)Command\b/g), ([, name = '']) => name);
  const paged = Array.from(text.matchAll(/\bpaginate([A-Z]\w+)\(/g), ([, name = '']) => name);
  // Of lib-storage, which calls these by itself.
  const parts = ['CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload', 'AbortMultipartUpload'];
  const uploaded = /\bnew Upload\(/.test(text) ? ['PutObject', ...parts] : [];
  return [...new Set([...called, ...sent, ...paged, ...uploaded])].filter((name) => operations.has(name));
}

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Two services may have an operation of one name: then that of the SDK which the file imports. */
function serviceOf(operation: string, file: string, text: string): string {
  const found = operations.get(operation) ?? [];
  const parts = Object.entries(services).filter(([part]) => text.includes(`@aws-sdk/client-${part}'`));
  const imported = found.filter((service) => parts.some(([, one]) => one === service));
  const [service, ...others] = found.length === 1 ? found : imported;
  if (service === undefined || others.length > 0) throw new Error(`${file}: whose is ${operation}? ${found}`);
  return service;
}

/** Every call of AWS in the sources. */
export const asked: readonly Asked[] = globSync('src/**/*.ts', { cwd: root }).flatMap((file) => {
  const text = readFileSync(`${root}${file}`, 'utf8');
  return operationsIn(text).map((operation) => ({
    ...{ file, operation, service: serviceOf(operation, file, text) },
  }));
});

export const actionsOf = (calls: readonly Asked[]): ReadonlySet<string> =>
  new Set(calls.flatMap(({ service, operation }) => actionsFor(service, operation)));
