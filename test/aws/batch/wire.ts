import type { HttpHandlerOptions, HttpRequest, RequestHandler } from '@smithy/types';
import { Refusal } from './refusal.ts';

/** What a handler of the SDK gives back. */
export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

export type WireHandler = RequestHandler<HttpRequest, WireResponse, HttpHandlerOptions>;

/** Stands where the SDK would open a connection: reads the protocol of Batch (REST and JSON) and of Logs (JSON 1.1). */
export function requestHandler(
  receive: (service: string, operation: string, input: object) => Promise<object>,
): WireHandler {
  return {
    handle: async (request) => {
      const asked = operationOf(request);
      if (asked === undefined)
        return answer(refused(new Refusal('UnknownOperationException', 404, `${request.path} is not known`)));
      try {
        return answer(ok(await receive(asked.service, asked.operation, inputOf(request))));
      } catch (error) {
        if (error instanceof Refusal) return answer(refused(error));
        throw error;
      }
    },
  };
}

/** Whether a request is for Batch or Logs at all: for handlers that know more services. */
export function operationOf({
  path,
  headers,
}: HttpRequest): { readonly service: string; readonly operation: string } | undefined {
  const target = headers['x-amz-target'];
  if (target?.startsWith('Logs_20140328.'))
    return { service: 'CloudWatchLogs', operation: target.slice('Logs_20140328.'.length) };
  const operation = batchPaths.get(path);
  return operation === undefined ? undefined : { service: 'Batch', operation };
}

const batchPaths = new Map(
  [
    'SubmitJob',
    'DescribeJobs',
    'ListJobs',
    'CancelJob',
    'CancelJobs',
    'TerminateJob',
    'TerminateJobs',
    'RegisterJobDefinition',
    'DeregisterJobDefinition',
    'DescribeJobDefinitions',
    'DescribeJobQueues',
    'DescribeComputeEnvironments',
    'GetJobQueueSnapshot',
    'CreateConsumableResource',
    'DescribeConsumableResource',
    'UpdateConsumableResource',
    'DeleteConsumableResource',
    'ListConsumableResources',
  ].map((operation) => [`/v1/${operation.toLowerCase()}`, operation]),
);

/** The SDK hands over bytes, or an object of its own that extends them. */
function inputOf({ body }: HttpRequest): object {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body ?? '{}');
  // The SDK's serialiser writes nothing but objects.
  return JSON.parse(text) as object;
}

function ok(output: object): WireResponse {
  return response(200, {}, output);
}

function refused({ name, status, message }: Refusal): WireResponse {
  // Batch tells the name of an error in the header, Logs in the body.
  return response(status, { 'x-amzn-errortype': name }, { __type: name, message });
}

function response(statusCode: number, headers: Record<string, string>, output: object): WireResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(output)),
  };
}

function answer(made: WireResponse): { response: WireResponse } {
  return { response: made };
}
