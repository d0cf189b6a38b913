import { awsError } from '../../aws/remote-error.ts';
import type { Metric, MetricsSink } from '../metrics.ts';
import { openClients } from './clients.ts';
import type { BatchSettings } from './settings.ts';

const namespace = 'Muster';
/** Metrics of one PutMetricData: the limit that its documentation in the SDK states. */
const mostAtOnce = 1_000;

/** CloudWatch: `Muster/Combinations` and the like. */
export function openMetrics(settings: Pick<BatchSettings, 'aws' | 'region'>): MetricsSink {
  let clients: ReturnType<typeof openClients> | undefined;
  return {
    put: async (metrics, at) => {
      if (metrics.length === 0) return;
      clients ??= openClients(settings);
      const cloudWatch = await (await clients).cloudWatch();
      for (let from = 0; from < metrics.length; from += mostAtOnce) {
        const data = metrics.slice(from, from + mostAtOnce).map((metric) => datum(metric, at));
        try {
          await cloudWatch.putMetricData({ Namespace: namespace, MetricData: data });
        } catch (error) {
          throw awsError('CloudWatch', 'PutMetricData', error);
        }
      }
    },
  };
}

/** CloudWatch knows no unit of money. */
const datum = ({ name, dimensions, value, unit }: Metric, at: Date) => ({
  MetricName: name,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
  Timestamp: at,
  Value: value,
  Unit: unit === 'count' ? ('Count' as const) : ('None' as const),
});
