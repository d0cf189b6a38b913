/**
 * Variables of this process that a worker in a container gets, where they are set: what opens its store and crosses
 * a proxy. The worker keeps credentials from its program (design, section 7). Everything else, PATH above all, is the
 * image's own.
 */
const passedOn = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_S3',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];

/** Names for the container, given what the engine itself says to the worker. */
export function namesForContainer(
  told: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  return [
    ...passedOn.filter((name) => environment[name] !== undefined && !(name in told)),
    ...Object.keys(told),
  ];
}
