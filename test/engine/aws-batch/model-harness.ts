import { openBatchEngine } from '../../../src/engine/aws-batch/batch-engine.ts';
import type { BatchSettings } from '../../../src/engine/aws-batch/settings.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { benchWorker } from '../../aws/batch/bench-worker.ts';
import type { ReferenceBatchOptions } from '../../aws/batch/options.ts';
import { ReferenceBatch } from '../../aws/batch/reference-batch.ts';
import { VirtualTimeline } from '../../aws/batch/timeline.ts';
import type { EngineHarness } from '../../contract/engine-bench.ts';
import { batchSettings } from './scripted-batch.ts';

/** The engine, through the SDK, on the reference Batch, in its time. */
export interface ModelHarness extends EngineHarness {
  readonly batch: ReferenceBatch;
  readonly timeline: VirtualTimeline;
  /** Another process: it knows nothing of what this one has asked. */
  another(): Promise<Engine>;
}

/** Virtual seconds after which what a test waits for will not come. */
const patience = 4 * 3600;

export async function onModel(
  options: Partial<ReferenceBatchOptions> = {},
  settings: Partial<BatchSettings> = {},
): Promise<ModelHarness> {
  const timeline = new VirtualTimeline(Date.UTC(2026, 10, 20));
  const batch = new ReferenceBatch({
    timeline,
    queues: [{ name: 'queue' }, { name: 'other' }, { name: 'fair', schedulingPolicy: 'shares' }],
    start: benchWorker(timeline),
    ...options,
  });
  const another = () =>
    openBatchEngine({
      ...batchSettings(batch.requestHandler),
      clock: () => new Date(timeline.now()),
      queues: [{ name: 'queue', arn: 'queue' }],
      ...settings,
    });
  return {
    batch,
    timeline,
    another,
    engine: await another(),
    queue: 'queue',
    otherQueue: 'other',
    async until(condition) {
      for (let waited = 0; !(await condition()); waited += 5) {
        if (waited > patience) throw new Error(`not so within ${patience} s`);
        timeline.advance(5);
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}
