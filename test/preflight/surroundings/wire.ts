import { ECR } from '@aws-sdk/client-ecr';
import type { AwsSettings } from '../../../src/aws/settings.ts';

type Handler = NonNullable<AwsSettings['requestHandler']>;

export interface Reply {
  readonly status?: number;
  /** JSON; a text is sent as it is. */
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const refusal = (name: string, status = 400): Reply => ({
  status,
  body: { __type: name, message: 'no' },
  headers: { 'x-amzn-errortype': name },
});

/** A service on the wire: answers by the operation's name, with what was asked. */
export function service(answer: (operation: string, input: object) => Reply): Handler {
  return {
    handle: async ({ headers, body }) => {
      const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body ?? '');
      const [, operation] = (headers['x-amz-target'] ?? '').split('.');
      const form = new URLSearchParams(text).get('Action') ?? '';
      const isJson = operation !== undefined;
      // The SDK writes nothing but objects.
      const input = isJson ? (JSON.parse(text) as object) : {};
      const reply = answer(operation ?? form, input);
      return {
        response: {
          statusCode: reply.status ?? 200,
          headers: { 'content-type': isJson ? 'application/x-amz-json-1.1' : 'text/xml', ...reply.headers },
          body: Buffer.from(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body)),
        },
      };
    },
  };
}

export const settings = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
} as const satisfies AwsSettings;

/** For images that are not ECR's. */
export const neverAskedEcr = new ECR({
  ...settings,
  requestHandler: service((operation) => {
    throw new Error(`${operation} was asked`);
  }),
});
