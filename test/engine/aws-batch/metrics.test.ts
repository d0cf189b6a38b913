import { expect, test } from 'vitest';
import { openMetrics } from '../../../src/engine/aws-batch/metrics.ts';
import type { Metric } from '../../../src/engine/metrics.ts';
import { credentials } from '../../aws/batch/scene.ts';
import { type Scripted, ScriptedAccount } from './scripted-account.ts';

const at = new Date('2026-01-01T00:00:00Z');
const failed: Metric = {
  ...{ name: 'Combinations', dimensions: { grid: 'demo', state: 'failed' } },
  ...{ value: 3, unit: 'count' },
};

function open(answer: Scripted = {}) {
  const bodies: object[] = [];
  const account = new ScriptedAccount(
    {
      'cloudwatch:PutMetricData': (input) => {
        bodies.push(input);
        return answer;
      },
    },
    { handle: () => Promise.reject() },
  );
  const aws = { requestHandler: account.requestHandler, credentials };
  return { bodies, sink: openMetrics({ aws, region: 'us-east-1' }) };
}

test('numbers go to CloudWatch with their dimensions, all in one call', async () => {
  const { bodies, sink } = open();
  const spend: Metric = { name: 'SpendUSD', dimensions: { grid: 'demo' }, value: 1.5, unit: 'usd' };
  await sink.put([failed, spend], at);
  const Timestamp = at.getTime() / 1000;
  expect(bodies).toEqual([
    {
      Namespace: 'Muster',
      MetricData: [
        {
          ...{ MetricName: 'Combinations', Timestamp, Value: 3, Unit: 'Count' },
          Dimensions: [
            { Name: 'grid', Value: 'demo' },
            { Name: 'state', Value: 'failed' },
          ],
        },
        {
          ...{ MetricName: 'SpendUSD', Timestamp, Value: 1.5, Unit: 'None' },
          Dimensions: [{ Name: 'grid', Value: 'demo' }],
        },
      ],
    },
  ]);
});

test('more than a thousand numbers take more calls', async () => {
  const { bodies, sink } = open();
  await sink.put(
    Array.from({ length: 1_001 }, () => failed),
    at,
  );
  expect(
    bodies.map((body) =>
      'MetricData' in body && Array.isArray(body.MetricData) ? body.MetricData.length : 0,
    ),
  ).toEqual([1_000, 1]);
});

test('nothing to say costs no call', async () => {
  const { bodies, sink } = open();
  await sink.put([], at);
  expect(bodies).toEqual([]);
});

test('a refusal names the missing right', async () => {
  const { sink } = open({ error: 'AccessDeniedException', status: 403 });
  await expect(sink.put([failed], at)).rejects.toThrow(/cloudwatch:PutMetricData/);
});
