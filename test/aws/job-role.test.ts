import { describe, expect, test } from 'vitest';
import { jobRole } from './guide.ts';
import { mayDo } from './policy.ts';
import type { S3Operation } from './s3/faults.ts';

const role = jobRole('lab');
const may = (operation: S3Operation, key: string, headers: Readonly<Record<string, string>> = {}) =>
  mayDo(role, { operation, bucket: 'lab', key: `ensembles/${key}`, headers });
const createOnly = { 'if-none-match': '*' };
const output = 'runs/demo-0/outputs/a=1/000-job-01/answer.json';
const fragment = 'runs/demo-0/rounds/000/fragments/0000000/job-01-0000.json';

describe('the job role of the guide lets a container', () => {
  test.each([output, fragment])('create %s', (key) => {
    expect(may('PutObject', key, createOnly)).toBe(true);
  });

  test('send a large file in parts', () => {
    expect(may('CreateMultipartUpload', output)).toBe(true);
    expect(may('UploadPart', output)).toBe(true);
    expect(may('CompleteMultipartUpload', output, createOnly)).toBe(true);
    expect(may('AbortMultipartUpload', output)).toBe(true);
  });

  test('read its run and look for what is there', () => {
    expect(may('GetObject', 'runs/demo-0/run.json')).toBe(true);
    expect(may('ListObjectsV2', '')).toBe(true);
  });
});

describe('the job role of the guide lets no container', () => {
  test.each<S3Operation>(['PutObject', 'CompleteMultipartUpload'])('overwrite with %s', (operation) => {
    expect(may(operation, output)).toBe(false);
    expect(may(operation, fragment, { 'if-match': '"etag"' })).toBe(false);
  });

  test('delete', () => {
    expect(may('DeleteObject', output, { 'if-match': '"etag"' })).toBe(false);
  });

  test.each([
    'runs/demo-0/run.json',
    'runs/demo-0/state.json',
    'runs/demo-0/rounds/000/arrays/0000.json',
    'published/demo-0.json',
    'spend/2026-11.json',
  ])('write %s', (key) => {
    expect(may('PutObject', key, createOnly)).toBe(false);
  });
});
