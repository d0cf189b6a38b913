import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { arnOf, batchSettings, goodQueue, jobRequest, ScriptedBatch } from './scripted-batch.ts';

/** The SDK's own network, where the other tests stand in for it: is what breaks there told and repeated as it should? */

type Break = (request: IncomingMessage, response: ServerResponse) => void;

const begin = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"jobId": "a');

const breaks: Record<string, Break> = {
  'a connection that breaks': (request) => request.socket.destroy(),
  'an answer that never begins': () => undefined,
  'an answer that breaks off': (request, response) => {
    begin(response);
    setTimeout(() => request.socket.destroy(), 20);
  },
  'an answer that never ends': (_, response) => void begin(response),
};

const answers: Record<string, unknown> = {
  '/v1/describejobqueues': { jobQueues: [goodQueue] },
  '/v1/describejobdefinitions': { jobDefinitions: [] },
  '/v1/registerjobdefinition': { jobDefinitionArn: arnOf(1) },
};

/** A Batch that answers everything but SubmitJob. */
async function serving(breaking: Break) {
  let submissions = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const answer = answers[request.url ?? ''];
      if (answer !== undefined) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
        return;
      }
      submissions++;
      breaking(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server on a port has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    submissions: () => submissions,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test.each(Object.entries(breaks))(
  'a submission with %s is ambiguous and asked for once',
  async (_, breaking) => {
    await using server = await serving(breaking);
    const { requestHandler: __, ...aws } = batchSettings(new ScriptedBatch().requestHandler).aws;
    const engine = await new ScriptedBatch().engine({
      aws: { ...aws, endpoint: server.endpoint },
      submitTimeoutMs: 200,
    });
    expect(await engine.submit(jobRequest())).toMatchObject({ outcome: 'ambiguous' });
    expect(server.submissions()).toBe(1);
  },
);
