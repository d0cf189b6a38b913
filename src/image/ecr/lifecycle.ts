import { z } from 'zod';
import { parseJson } from '../json.ts';

/**
 * What Muster puts on a repository that it makes. No tagged image ever expires, by count or by age: which of them an active
 * job definition or a published run names, ECR does not know. All that Muster pushes is tagged for good, so what has no
 * tag was pushed by hand or lost its tag by hand. The age counts from the push, not from the loss of the tag, so it is
 * long: a year. Members of an index that is kept are not expired, tagged or not (ECR User Guide, lifecycle policies
 * [MEM]); ours have tags of their own, so nothing rests on that.
 */
export const keepingPolicy = {
  rules: [
    {
      rulePriority: 1,
      description: 'muster: only what has no tag, a year after its push',
      selection: {
        tagStatus: 'untagged',
        countType: 'sinceImagePushed',
        countUnit: 'days',
        countNumber: 365,
      },
      action: { type: 'expire' },
    },
  ],
} as const;

/** What a command of the AWS CLI needs to name a repository. */
export interface RepositoryPlace {
  readonly name: string;
  readonly region: string;
}

const policySchema = z.looseObject({
  rules: z.array(
    z.looseObject({
      rulePriority: z.number().optional(),
      selection: z.looseObject({
        tagStatus: z.string(),
        countType: z.string().optional(),
        countNumber: z.number().optional(),
      }),
    }),
  ),
});

/**
 * Pure. Rules of somebody's policy that may take an image from a definition or a published run, in words. Moving to the
 * archive counts: an archived image cannot be pulled (AB 6.1).
 */
export function policyWarnings(
  text: string | undefined,
  { name, region }: RepositoryPlace,
): readonly string[] {
  if (text === undefined) return [];
  const read = policySchema.safeParse(parseJson(text));
  const look = `Look at it: aws ecr get-lifecycle-policy --region ${region} --repository-name ${name}`;
  if (!read.success) return [`the lifecycle policy of ${name} cannot be read, so images may expire. ${look}`];
  return read.data.rules
    .filter(({ selection }) => selection.tagStatus !== 'untagged')
    .map(({ rulePriority, selection: { tagStatus, countType, countNumber } }) => {
      const rule = rulePriority === undefined ? 'a rule' : `rule ${rulePriority}`;
      const when = countType === undefined ? '' : ` (${tagStatus}, ${countType} ${countNumber ?? ''})`;
      return `${rule} of the lifecycle policy of ${name} takes away images that have a tag${when}, also those that an active job definition or a published run names: their jobs could not start. ${look}`;
    });
}
