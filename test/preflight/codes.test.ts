import { expect, test } from 'vitest';
import { checked } from '../../src/preflight/codes.ts';
import { refused } from './surroundings/found.ts';

const row = { group: 'storage', check: 'inputs', title: 'Inputs can be read' } as const;

test('one refusal that leaves several things in the dark is told once', () => {
  const denied = refused('s3:GetObject');
  const { notDone } = checked(row, [denied, denied, refused('s3:ListBucket')]);
  expect(notDone.map(({ action }) => action)).toEqual(['s3:GetObject', 's3:ListBucket']);
});
