import { runAction } from '../../src/action/run-action.ts';
import { inputs } from './inputs.ts';

await runAction(inputs, async () => (await import('./main.ts')).main);
