import { noLags } from '../../aws/batch/options.ts';
import { describeEngine } from '../../contract/engine.ts';
import { onModel } from './model-harness.ts';

describeEngine('AWS Batch that shows everything at once', () => onModel({ lags: noLags }));
describeEngine('AWS Batch that takes its time', () => onModel());
