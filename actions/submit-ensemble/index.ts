import { setOutput } from '@actions/core';
import { runAction } from '../../src/action/run-action.ts';
import { inputs } from './inputs.ts';

// Before anything can fail: a job without it is taken for one that its reviewers rejected.
setOutput('began', true);
await runAction(inputs, async () => (await import('./main.ts')).main);
