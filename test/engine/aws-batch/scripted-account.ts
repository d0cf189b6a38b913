import { gunzipSync } from 'node:zlib';
import type { AwsSettings } from '../../../src/aws/settings.ts';

type Handler = NonNullable<AwsSettings['requestHandler']>;

/** What an operation answers: an object as the SDK names its fields, or the name of an error and its status. */
export type Scripted = object | { readonly error: string; readonly status: number };

/** Answers by `<prefix>:<Operation>`, as IAM writes them; a function is asked anew with each input. */
export type Script = Readonly<Record<string, Scripted | ((input: URLSearchParams | object) => Scripted)>>;

const denied = { error: 'AccessDeniedException', status: 403 };

/**
 * ECS, EC2, Auto Scaling, CloudWatch and its Logs on the wire, as a test says; what it does not mention is denied. Batch is
 * handed on. Dates are ISO 8601 in EC2 and Auto Scaling, and seconds in the others.
 */
export class ScriptedAccount {
  /** Of everything that was asked, Batch included. */
  readonly actions: string[] = [];
  readonly #script: Script;
  readonly #batch: Handler;

  constructor(script: Script, batch: Handler) {
    this.#script = script;
    this.#batch = batch;
  }

  readonly requestHandler: Handler = {
    handle: async (request, options) => {
      const text = textOf(request.body, request.headers['content-encoding']);
      const asked = read(request.headers, text);
      if (asked === undefined) {
        const operation = request.path.split('/').at(-1) ?? '';
        const scripted = this.#script[`batch:${operation}`];
        this.actions.push(`batch:${operation}`);
        if (scripted === undefined) return this.#batch.handle(request, options);
        return { response: jsonOf(typeof scripted === 'function' ? scripted({}) : scripted) };
      }
      this.actions.push(asked.action);
      const scripted = this.#script[asked.action] ?? denied;
      const answer = typeof scripted === 'function' ? scripted(asked.input) : scripted;
      return { response: asked.xml ? xmlOf(asked.action, answer) : jsonOf(answer) };
    },
  };
}

const targets: Readonly<Record<string, string>> = {
  AmazonEC2ContainerServiceV20141113: 'ecs',
  Logs_20140328: 'logs',
  GraniteServiceVersion20100801: 'cloudwatch',
  ServiceQuotasV20190624: 'servicequotas',
};

function read(headers: Readonly<Record<string, string>>, text: string) {
  const [service = '', operation = ''] = (headers['x-amz-target'] ?? '').split('.');
  const prefix = targets[service];
  if (prefix !== undefined) return { action: `${prefix}:${operation}`, input: JSON.parse(text), xml: false };
  const form = new URLSearchParams(text);
  const action = form.get('Action');
  if (action === null) return undefined;
  return {
    action: `${form.get('Version') === '2011-01-01' ? 'autoscaling' : 'ec2'}:${action}`,
    input: form,
    xml: true,
  };
}

/** CloudWatch gets large requests compressed. */
function textOf(body: unknown, encoding: string | undefined): string {
  if (!(body instanceof Uint8Array)) return String(body ?? '');
  return new TextDecoder().decode(encoding === 'gzip' ? gunzipSync(body) : body);
}

function jsonOf(answer: Scripted) {
  const failed = 'error' in answer;
  return {
    statusCode: failed ? answer.status : 200,
    headers: {
      'content-type': 'application/json',
      ...(failed && { 'x-amzn-errortype': answer.error }),
    },
    body: new TextEncoder().encode(JSON.stringify(failed ? { __type: answer.error, message: 'no' } : answer)),
  };
}

function xmlOf(action: string, answer: Scripted) {
  const [prefix, operation] = action.split(':');
  const failed = 'error' in answer;
  const error = failed ? `<Code>${answer.error}</Code><Message>no</Message>` : '';
  const parts = elements(answer, prefix === 'ec2' ? 'item' : 'member');
  const ok =
    prefix === 'ec2'
      ? `<${operation}Response>${parts}</${operation}Response>`
      : `<${operation}Response><${operation}Result>${parts}</${operation}Result></${operation}Response>`;
  const wrong =
    prefix === 'ec2'
      ? `<Response><Errors><Error>${error}</Error></Errors></Response>`
      : `<ErrorResponse><Error>${error}</Error></ErrorResponse>`;
  return {
    statusCode: failed ? answer.status : 200,
    headers: { 'content-type': 'text/xml' },
    body: new TextEncoder().encode(failed ? wrong : ok),
  };
}

function elements(value: unknown, one: string): string {
  if (Array.isArray(value)) return value.map((part) => `<${one}>${elements(part, one)}</${one}>`).join('');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, part]) => `<${name}>${elements(part, one)}</${name}>`)
    .join('');
}
