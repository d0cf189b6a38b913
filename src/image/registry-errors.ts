import { RemoteError } from '../errors.ts';
import { ecrOf } from './reference.ts';

/** An answer that is no success, by its status alone: the texts of registries differ. */
export function explainStatus(what: string, registry: string, status: number, body: string): RemoteError {
  const denied = status === 401 || status === 403;
  const said = firstMessage(body);
  return new RemoteError(
    { service: registry, operation: 'read', denied },
    `${what}: HTTP ${status}${said === '' ? '' : ` (${said})`}: ${meaning(registry, status)}`,
  );
}

function meaning(registry: string, status: number): string {
  if (status === 401) return `nobody is logged in here, or with an old password. ${howToLogIn(registry)}`;
  if (status === 403) {
    return ecrOf(registry) === undefined
      ? `whoever is logged in may not do this. Ask the keeper of the registry for the right, or log in as somebody else: \`docker login ${registry}\`.`
      : 'this identity may not do this. Let its policy and that of the repository allow ecr:BatchGetImage, ecr:GetDownloadUrlForLayer and, to push, ecr:PutImage, ecr:InitiateLayerUpload, ecr:UploadLayerPart, ecr:CompleteLayerUpload and ecr:BatchCheckLayerAvailability.';
  }
  if (status === 429) return 'it asks for fewer requests. Wait some minutes; logged-in users may ask more.';
  if (status >= 500) return 'the registry itself has trouble. Try again later.';
  return 'the registry refuses the request. Look at the reference.';
}

/** Docker Hub answers so for repositories that do not exist, too. */
const howToLogIn = (registry: string) =>
  ecrOf(registry) === undefined
    ? `Run \`docker login ${registry === 'docker.io' ? '' : registry}\``.replace(/ ?`$/, '`.') +
      ' A registry that hides what it has answers so for a repository that does not exist, too.'
    : 'The token of ECR was refused: see that the credentials are those of the account in the reference, or that it lets this one in.';

/** The registry gave no answer at all. */
export function explainNetwork(registry: string, error: unknown): RemoteError {
  const code = codeOf(error);
  return new RemoteError(
    { service: registry, operation: 'connect' },
    `the registry does not answer (${code}). ${networkFix(registry, code)}`,
    { cause: error },
  );
}

function networkFix(registry: string, code: string): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `There is no such host, or no name service: look at \`${registry}\`.`;
  }
  if (code === 'ECONNREFUSED') return 'Nothing listens there: start the registry, or look at the port.';
  return 'Look at the network, a proxy, a firewall between, then run the same command again.';
}

/** `fetch` wraps the cause: `ECONNREFUSED`, or the name of a time limit. */
function codeOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    if (at.name === 'TimeoutError') return 'no answer in time';
    // Of a host with several addresses.
    if (at instanceof AggregateError) return codeOf(at.errors[0]);
  }
  return error instanceof Error ? error.message : String(error);
}

/** The message of the first error, one line of it. */
function firstMessage(body: string): string {
  const [, message = ''] = /"message"\s*:\s*"((?:[^"\\]|\\.){0,300})/.exec(body) ?? [];
  return message.replaceAll(/\s+/g, ' ').replaceAll('\\"', '"').trim();
}
