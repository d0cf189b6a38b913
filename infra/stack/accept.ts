import { Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Statement } from './statement.ts';

/** A rule of cdk-nag that is not followed here. @param reason for whoever audits the account. */
export function accept(construct: Construct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions::${rule}`, reason });
}

/** Each star in a policy, with what bounds it. */
export function acceptStars(role: Construct, statements: readonly Statement[]): void {
  const stars = statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Resource }) => Resource);
  for (const resource of new Set(stars.filter((one) => one.includes('*')))) {
    accept(role, `AwsSolutions-IAM5[Resource::${asNagSays(resource)}]`, reasonFor(resource));
  }
}

const asNagSays = (resource: string) => resource.replaceAll(/\$\{([\w:]+)\}/g, '<$1>');

/** @throws {Error} for a star that nobody has thought about. */
function reasonFor(resource: string): string {
  const found = reasons.find(([pattern]) => pattern.test(resource));
  if (found === undefined) throw new Error(`nobody says why ${resource} has a star: stack/accept.ts`);
  return found[1];
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [/^\*$/, 'These calls know no resource (AB 11.1, 11.3), or AWS makes its name while they run.'],
  [/:s3:::/, 'Keys below a fixed prefix: runs give them their names.'],
  [/:repository\//, 'Repositories below one prefix: the first push of an image makes its own.'],
  [/:job-definition\/muster-|:consumable-resource\/muster-/, 'Muster makes them, under names that begin so.'],
  [
    /:job\//,
    'AWS gives jobs their ids, and children of arrays carry no tags that a condition could ask for.',
  ],
  [/:ecs:.*AWSBatch/, 'AWS Batch makes the clusters and gives them names that begin so.'],
  [/:log-group:\*$/, 'It lists groups by a prefix: only the names of groups are told.'],
  [/:log-stream:/, 'Streams of one group: each container has its own.'],
  [/:role\//, 'Roles of this stack, whose names begin so.'],
];
