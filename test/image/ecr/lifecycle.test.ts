import { describe, expect, test } from 'vitest';
import { keepingPolicy, policyWarnings } from '../../../src/image/ecr/lifecycle.ts';

const place = { name: 'demo', region: 'us-west-2' };
const policy = (...selections: readonly object[]) =>
  JSON.stringify({
    rules: selections.map((selection, index) => ({
      ...{ rulePriority: index + 1, selection, action: { type: 'expire' } },
    })),
  });
const untagged = { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1 };
const count = { countType: 'imageCountMoreThan', countNumber: 10 };

describe('a lifecycle policy', () => {
  test('of ours takes nothing that has a tag', () => {
    expect(policyWarnings(JSON.stringify(keepingPolicy), place)).toEqual([]);
  });
  test('that is not there takes nothing', () => {
    expect(policyWarnings(undefined, place)).toEqual([]);
  });
  test.each([
    ['any image', { tagStatus: 'any', ...count }],
    ['tags that begin so', { tagStatus: 'tagged', tagPrefixList: ['v'], ...count }],
    ['tags of a pattern', { tagStatus: 'tagged', tagPatternList: ['*'], ...count }],
  ])('that counts %s is warned of by the number of its rule', (_what, selection) => {
    expect(policyWarnings(policy(untagged, selection), place)).toEqual([
      expect.stringMatching(
        /^rule 2 of .* demo .*imageCountMoreThan 10.*--region us-west-2 --repository-name demo/,
      ),
    ]);
  });
  test.each(['nonsense', '{}', '{"rules": [{}]}'])('of %s is warned of', (text) => {
    expect(policyWarnings(text, place)).toEqual([expect.stringMatching(/cannot be read/)]);
  });
});
