/**
 * Names of errors, as services give them; each service has its own for the same thing. They are no part of the models
 * of the SDK: where nothing else is said they are from memory (AB 3 [MEM]).
 */

export const expiredNames: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
]);

export const credentialNames: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

/** Services that speak JSON 1.1 (Logs, ECS) refuse with HTTP 400, so that only the name tells. */
export const deniedNames: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
]);

/**
 * A signature made at another time than AWS's, as the SDK lists them. `InvalidSignatureException` and others may mean
 * it, too.
 */
export const skewNames: ReadonlySet<string> = new Set(['RequestInTheFuture', 'RequestTimeTooSkewed']);
export const maySkewNames: ReadonlySet<string> = new Set([
  ...skewNames,
  'AuthFailure',
  'InvalidSignatureException',
  'RequestExpired',
  'SignatureDoesNotMatch',
]);

/** As the SDK lists them (AB 3), for the services that we ask. */
export const throttlingNames: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

export const redirectNames: ReadonlySet<string> = new Set([
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'PermanentRedirect',
  'TemporaryRedirect',
]);
