import { describe, expect, test } from 'vitest';
import { awsError, isAmbiguous, isRefused, isThrottling } from '../../src/aws/remote-error.ts';
import { ConfigurationError, RemoteError } from '../../src/errors.ts';

interface Shape {
  readonly name: string;
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly attempts?: number;
  readonly Region?: string;
  /** The SDK could not make an error of the service of it. */
  readonly unreadable?: boolean;
}

/** An error as the SDK throws it. */
function fault({
  name,
  status,
  code,
  message = '',
  headers = {},
  attempts = 1,
  unreadable = false,
  ...rest
}: Shape): Error {
  return Object.assign(new Error(message), {
    name,
    ...(code === undefined ? {} : { code }),
    $metadata: { attempts, requestId: 'REQ1', ...(status === undefined ? {} : { httpStatusCode: status }) },
    ...(status === undefined || unreadable ? {} : { $fault: status >= 500 ? 'server' : 'client' }),
    ...(status === undefined ? {} : { $response: { statusCode: status, headers } }),
    ...rest,
  });
}

const at = { resource: 's3://ens/runs/a', region: 'us-east-1' };
const said = (operation: string, shape: Shape, service = 'S3') =>
  awsError(service, operation, fault(shape), at).message;
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toUTCString();

describe('an error of AWS', () => {
  test('names service, operation, resource and request id, and keeps its cause', () => {
    const cause = fault({ name: 'NoSuchBucket', status: 404 });
    const error = awsError('S3', 'ListObjectsV2', cause, at);
    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({ service: 'S3', operation: 'ListObjectsV2', requestId: 'REQ1', cause });
    expect(error.message).toMatch(/^S3: ListObjectsV2 s3:\/\/ens\/runs\/a: .*\(request id REQ1\)$/);
  });

  test.each(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired'])('%s: log in again', (name) => {
    expect(said('GetObject', { name, status: 403 })).toMatch(/have expired.*aws sso login/);
  });

  test.each([
    'InvalidClientTokenId',
    'UnrecognizedClientException',
    'InvalidAccessKeyId',
    'SignatureDoesNotMatch',
  ])('%s: the key is not accepted, although the status is that of missing rights', (name) => {
    const text = said('GetObject', { name, status: 403, headers: { date: ago(0) } });
    expect(text).toMatch(/does not accept the credentials.*get-caller-identity/);
    expect(text).not.toContain('not allowed');
  });

  test('no credentials: a matter of configuration, as nothing was asked', () => {
    const error = awsError(
      'Batch',
      'SubmitJob',
      fault({ name: 'CredentialsProviderError', message: 'none' }),
    );
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toMatch(/AWS_PROFILE/);
  });

  test.each([
    ['S3', 'HeadObject', 's3:GetObject'],
    ['S3', 'ListObjectsV2', 's3:ListBucket'],
    ['S3', 'PutObject', 's3:PutObject on'],
    ['S3', 'PutObject if-match', 's3:PutObject, s3:GetObject on'],
    ['S3', 'CompleteMultipartUpload', 's3:PutObject on'],
    ['Batch', 'SubmitJob', 'batch:SubmitJob, batch:TagResource on'],
    ['Batch', 'RegisterJobDefinition', 'batch:RegisterJobDefinition, batch:TagResource, iam:PassRole'],
    ['Batch', 'DescribeJobs', 'batch:DescribeJobs on'],
    ['CloudWatchLogs', 'GetLogEvents', 'logs:GetLogEvents on'],
    ['EC2', 'DescribeSpotPriceHistory', 'ec2:DescribeSpotPriceHistory on'],
  ])('AccessDenied of %s %s names %s and the resource', (service, operation, actions) => {
    const text = said(operation, { name: 'AccessDenied', status: 403 }, service);
    expect(text).toContain(`needs ${actions}`);
    expect(text).toContain('on s3://ens/runs/a');
  });

  test.each([
    ['outputs/x1_a/000-7f-01/fit.csv', 'outputs/*'],
    ['rounds/000/fragments/0000000/a-01-0000.json', 'rounds/*/fragments/*'],
  ])('AccessDenied of %s gives the pattern of all such objects', (key, pattern) => {
    const error = fault({ name: 'AccessDenied', status: 403 });
    const { message } = awsError('S3', 'PutObject', error, { resource: `s3://lab/muster/runs/toy-1/${key}` });
    expect(message).toContain(`arn:aws:s3:::lab/muster/runs/*/${pattern})`);
  });

  test.each([
    ['AccessDenied', 403, true],
    ['AccessDeniedException', 400, true],
    ['ExpiredToken', 403, false],
    ['SignatureDoesNotMatch', 403, false],
    ['RequestTimeTooSkewed', 403, false],
    ['SlowDown', 503, false],
  ])('%s (HTTP %i) is a missing right: %s', (name, status, missing) => {
    expect(awsError('S3', 'PutObject', fault({ name, status }))).toMatchObject({ denied: missing });
  });

  test('a refused read says that a missing object looks the same', () => {
    expect(said('GetObject', { name: 'AccessDenied', status: 403 })).toContain('s3:ListBucket');
    expect(said('PutObject', { name: 'AccessDenied', status: 403 })).not.toContain('s3:ListBucket');
  });

  test('what AWS says of a refusal is passed on, below the right that is missing', () => {
    const message = 'User: arn:aws:iam::1:user/ana is not authorized';
    const [right, words] = said(
      'DescribeJobs',
      { name: 'ClientException', status: 403, message },
      'Batch',
    ).split('\n');
    expect(right).toMatch(/The role needs batch:DescribeJobs on \S+\.$/);
    expect(words).toContain(`AWS says: "${message}"`);
  });

  test.each([
    { name: 'PermanentRedirect', status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1' } },
    { name: '301', status: 301, headers: { 'X-Amz-Bucket-Region': 'eu-west-1' } },
    { name: 'AuthorizationHeaderMalformed', status: 400, Region: 'eu-west-1' },
    { name: 'BadRequest', status: 400, headers: { 'x-amz-bucket-region': 'eu-west-1' } },
  ])('a bucket elsewhere ($name) names both regions', (shape) => {
    expect(said('HeadObject', shape)).toMatch(/is in eu-west-1, but us-east-1 was asked/);
  });

  test('a bucket elsewhere says where its region is decided, with queues and without', () => {
    const headers = { 'x-amz-bucket-region': 'eu-west-1' };
    const text = said('HeadObject', { name: 'PermanentRedirect', status: 301, headers });
    expect(text).toContain('a bucket and queues of the same region');
    expect(text).toMatch(/Without queues .*AWS_REGION=eu-west-1; with queues, theirs decides/);
  });

  test('HTTP 404 without an id is no answer of S3, and the address is told', () => {
    const error = Object.assign(fault({ name: 'NotFound', status: 404 }), {
      $metadata: { attempts: 1, httpStatusCode: 404 },
    });
    const { message } = awsError('S3', 'PutObject', error, { endpoint: 'http://localhost:8080' });
    expect(message).toMatch(/at http:\/\/localhost:8080 is not S3.*AWS_ENDPOINT_URL_S3/);
    expect(said('PutObject', { name: 'NotFound', status: 404 })).not.toContain('is not S3');
  });

  test('a refusal that tells the same region is not about regions', () => {
    const headers = { 'x-amz-bucket-region': 'us-east-1' };
    expect(said('HeadObject', { name: 'BadRequest', status: 400, headers })).not.toContain('bucket is in');
  });

  test.each([
    ['RequestTimeTooSkewed', 42, '42 minutes ahead of'],
    ['InvalidSignatureException', 42, '42 minutes ahead of'],
    ['SignatureDoesNotMatch', -17, '17 minutes behind'],
    ['RequestExpired', 30, '30 minutes ahead of'],
  ])('%s with a date %i minutes ago: the clock is %s', (name, minutes, words) => {
    expect(said('GetObject', { name, status: 403, headers: { date: ago(minutes) } })).toContain(words);
  });

  test('RequestTimeTooSkewed without a date still speaks of the clock', () => {
    expect(said('GetObject', { name: 'RequestTimeTooSkewed', status: 403 })).toMatch(/clock of this machine/);
  });

  test('throttling that did not end', () => {
    expect(said('PutObject', { name: 'SlowDown', status: 503, attempts: 8 })).toMatch(/fewer requests/);
  });

  test('trouble of the service says how often it was asked', () => {
    expect(said('PutObject', { name: 'InternalError', status: 500, attempts: 8 })).toMatch(
      /HTTP 500.*8 times/,
    );
  });

  test('an answer that AWS never gives speaks of what may be in between', () => {
    const shape = { name: 'SyntaxError', status: 403, message: 'Unexpected token <', unreadable: true };
    expect(said('SubmitJob', shape, 'Batch')).toMatch(/HTTP 403.*none of AWS's.*proxy/);
  });

  test('no answer names the address where it is not of AWS', () => {
    const error = fault({ name: 'TimeoutError', attempts: 8 });
    const endpoint = 'http://localhost:9000';
    expect(awsError('S3', 'GetObject', error, { endpoint }).message).toContain(`the address ${endpoint}`);
  });

  test('no answer names the code', () => {
    const text = said('PutObject', { name: 'Error', code: 'ENOTFOUND', message: 'getaddrinfo' });
    expect(text).toMatch(/no answer \(ENOTFOUND: getaddrinfo\)/);
  });

  test('anything else passes on what AWS said', () => {
    expect(
      said('SubmitJob', { name: 'ClientException', status: 400, message: 'JobQueue x not found' }),
    ).toContain('JobQueue x not found (ClientException, HTTP 400)');
  });

  test('a bug stays a bug', () => {
    const bug = new TypeError('x is not a function');
    expect(awsError('S3', 'GetObject', bug)).toBe(bug);
  });

  test('what is told already is not told twice', () => {
    const told = awsError('S3', 'GetObject', fault({ name: 'NoSuchBucket', status: 404 }));
    expect(awsError('S3', 'PutObject', told)).toBe(told);
  });
});

describe('what is known after an error', () => {
  const cases: readonly [Shape, 'throttling' | 'refused' | 'ambiguous' | 'none'][] = [
    [{ name: 'TooManyRequestsException', status: 429 }, 'throttling'],
    [{ name: 'SlowDown', status: 503 }, 'throttling'],
    [{ name: 'AccessDenied', status: 403 }, 'refused'],
    [{ name: 'AccessDeniedException', status: 400 }, 'refused'],
    [{ name: 'ClientException', status: 403 }, 'refused'],
    [{ name: 'ExpiredToken', status: 400 }, 'refused'],
    [{ name: 'RequestTimeTooSkewed', status: 403 }, 'refused'],
    [{ name: 'UnrecognizedClientException', status: 400 }, 'refused'],
    [{ name: 'CredentialsProviderError' }, 'refused'],
    [{ name: 'TimeoutError' }, 'ambiguous'],
    [{ name: 'Error', code: 'ECONNRESET' }, 'ambiguous'],
    [{ name: 'ServerException', status: 500 }, 'ambiguous'],
    [{ name: 'ServiceUnavailable', status: 503 }, 'ambiguous'],
    [{ name: 'SyntaxError', status: 200, unreadable: true }, 'ambiguous'],
    [{ name: 'SyntaxError', status: 404, unreadable: true }, 'ambiguous'],
    [{ name: 'ClientException', status: 400 }, 'none'],
    [{ name: 'PreconditionFailed', status: 412 }, 'none'],
    [{ name: 'TypeError' }, 'none'],
  ];

  test.each(cases)('%o is %s', (shape, kind) => {
    const error = fault(shape);
    const kinds = {
      throttling: isThrottling(error),
      refused: isRefused(error),
      ambiguous: isAmbiguous(error),
    };
    const wanted = { throttling: false, refused: false, ambiguous: false };
    expect(kinds).toEqual(kind === 'none' ? wanted : { ...wanted, [kind]: true });
  });

  test.each(cases)('%o is the same behind our words', (shape) => {
    const error = fault(shape);
    const told = awsError('Batch', 'SubmitJob', error);
    expect([isThrottling(told), isRefused(told), isAmbiguous(told)]).toEqual([
      isThrottling(error),
      isRefused(error),
      isAmbiguous(error),
    ]);
  });
});
