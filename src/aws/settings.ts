import type {
  AwsCredentialIdentity,
  AwsCredentialIdentityProvider,
  DeserializeMiddleware,
  HttpHandlerOptions,
  HttpRequest,
  RequestHandler,
} from '@smithy/types';
import { type Silence, silenceOf } from './silence.ts';

/** How every AWS client of a process is opened. Without any of it: as the environment says. */
export interface AwsSettings {
  /** Absent: `AWS_REGION`, or that of the profile. */
  readonly region?: string;
  /** Another address than AWS's, for every service. */
  readonly endpoint?: string;
  readonly credentials?: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  /** A service inside this process, for tests and benchmarks. */
  // The SDK's own type: it hands over requests and takes responses of any kind.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly requestHandler?: RequestHandler<HttpRequest, any, HttpHandlerOptions>;
  /** Told of every HTTP request that is sent, repeated ones included. */
  readonly onRequest?: (service: string, operation: string) => void;
  /** Told when a request got no answer in time and is sent again. */
  readonly onSilence?: (silence: Silence) => void;
}

/** Of one client. */
export interface Persistence {
  /** Requests of one call at most; 1: never repeated. */
  readonly attempts: number;
  /** Time limits of one request, in milliseconds: until an answer begins, and of silence on the line. */
  readonly timeouts: { readonly answer?: number; readonly silence: number };
}

/**
 * Reads, and writes that may be repeated: slows down all calls of a client once AWS says so (AB 3). Who never answers is
 * given up within two minutes, the SDK's own pauses included.
 */
export const persistent: Persistence = { attempts: 8, timeouts: { silence: 10_000 } };
/** For what must not be done twice (AB 2.11); within half the lease of a submission (design, section 5). */
export const once: Persistence = { attempts: 1, timeouts: { answer: 30_000, silence: 30_000 } };

/** Milliseconds until a connection must stand. */
const connectionTimeout = 5000;

/** What the constructor of a client takes. */
export function clientConfig(settings: AwsSettings, { attempts, timeouts }: Persistence) {
  const { region, endpoint, credentials, requestHandler } = settings;
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    // Without limits the SDK waits for a dead connection as long as the kernel does.
    requestHandler: requestHandler ?? {
      connectionTimeout,
      socketTimeout: timeouts.silence,
      ...(timeouts.answer === undefined
        ? {}
        : { requestTimeout: timeouts.answer, throwOnRequestTimeout: true }),
    },
    maxAttempts: attempts,
    retryMode: 'adaptive',
  };
}

/** Tells `onRequest` and `onSilence` of the requests of this client, and gives the client back. */
export function watched<Client extends WithMiddleware>(
  client: Client,
  { onRequest, onSilence }: AwsSettings,
): Client {
  if (onRequest === undefined && onSilence === undefined) return client;
  const tell: DeserializeMiddleware<object, object> = (next, context) => async (sent) => {
    const service = String(context.clientName ?? '').replace(/Client$/, '');
    onRequest?.(service, String(context.commandName ?? '').replace(/Command$/, ''));
    try {
      return await next(sent);
    } catch (error) {
      const silence = onSilence && silenceOf(service, sent.request, error);
      if (silence !== undefined) onSilence?.(silence);
      throw error;
    }
  };
  // The step that runs for each request sent. The client's own input and output types do not matter to it.
  client.middlewareStack.add(tell as never, { step: 'deserialize', name: 'musterWatch' });
  return client;
}

interface WithMiddleware {
  readonly middlewareStack: {
    add(middleware: never, options: { readonly step: 'deserialize'; readonly name: string }): void;
  };
}
