import type { ECR } from '@aws-sdk/client-ecr';
import { openEcr } from '../../../src/image/ecr/client.ts';
import type { WireHandler } from '../../aws/batch/wire.ts';

/** An answer of ECR as it goes over the line: JSON 1.1, where errors are named in the body. */
export interface WireAnswer {
  readonly status?: number;
  readonly body: object;
}

export const refused = (name: string, status = 400): WireAnswer => ({
  ...{ status, body: { __type: name, message: `${name} happened` } },
});

/** ECR whose answers are written down, by operation and one after the other; `calls` says what was asked. */
export async function scriptedEcr(answers: Readonly<Record<string, readonly WireAnswer[]>>) {
  const calls: string[] = [];
  const bodies: Record<string, unknown>[] = [];
  const left = new Map(Object.entries(answers).map(([operation, list]) => [operation, [...list]]));
  const requestHandler: WireHandler = {
    handle: async ({ headers, body: sent }) => {
      const operation = (headers['x-amz-target'] ?? '').split('.')[1] ?? '';
      calls.push(operation);
      bodies.push(JSON.parse(new TextDecoder().decode(sent)));
      const answer = left.get(operation)?.shift();
      if (answer === undefined) throw new Error(`nobody expected another ${operation}`);
      const { status: statusCode = 200, body } = answer;
      const response = {
        ...{ statusCode, headers: { 'content-type': 'application/x-amz-json-1.1' } },
        body: Buffer.from(JSON.stringify(body)),
      };
      return { response };
    },
  };
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const ecr: ECR = await openEcr({ region: 'us-west-2', credentials, requestHandler });
  return { ecr, calls, bodies, requestHandler, credentials };
}
