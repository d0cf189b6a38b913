import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { root } from '../planted.ts';
import { ActPlace, type Event, type Ran, type Surroundings } from './act.ts';

/**
 * Workflows as act runs them, with actions that do as they are told: they write down what they were given and give the
 * outputs of the script. So what is tested is the workflows alone: which jobs run, in which order, and what they hand on.
 */

/** Outputs by action, of each of its calls in turn; the last ones of all further calls. `fails`: the step does. */
export type Script = Readonly<Record<string, readonly Answer[]>>;
export type Answer = Readonly<Record<string, string>> & { readonly fails?: 'yes' };

export interface Call {
  readonly action: string;
  readonly job: string;
  /** Those that are not empty. */
  readonly inputs: Readonly<Record<string, string>>;
}

export interface ScriptedRun extends Ran {
  readonly calls: readonly Call[];
}

export const setUp: Surroundings['variables'] = {
  AWS_REGION: 'us-east-1',
  ...Object.fromEntries(
    ['PLAN', 'LAUNCH', 'WATCH', 'IMAGES'].map((role) => [
      `MUSTER_${role}_ROLE`,
      `arn:aws:iam::123456789012:role/${role}`,
    ]),
  ),
};

export async function runScripted(
  workflow: string,
  event: Event,
  script: Script,
  variables = setUp,
): Promise<ScriptedRun> {
  using place = new ActPlace();
  for (const name of readdirSync(join(root, 'actions'))) {
    place.write(`actions/${name}/dist/index.mjs`, stub(name));
  }
  place.commit();
  const calls = join(place.folder, 'calls.jsonl');
  const environment = { SCRIPT: JSON.stringify(script), CALLS: calls };
  const ran = await place.run(workflow, event, { variables, environment });
  const lines = existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd().split('\n') : [];
  return { ...ran, calls: lines.map((line) => callSchema.parse(JSON.parse(line))) };
}

const callSchema = z.object({
  action: z.string(),
  job: z.string(),
  inputs: z.record(z.string(), z.string()),
});

/** The runner's side of an action: inputs by environment, outputs by file (GH 1.1, 5.4). */
const stub = (action: string) => `
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
const { CALLS, SCRIPT, GITHUB_OUTPUT, GITHUB_JOB: job } = process.env;
const before = existsSync(CALLS) ? readFileSync(CALLS, 'utf8').trimEnd().split('\\n').map((line) => JSON.parse(line)) : [];
const inputs = Object.fromEntries(Object.entries(process.env)
  .filter(([name, value]) => name.startsWith('INPUT_') && value !== '' && name !== 'INPUT_TOKEN')
  .map(([name, value]) => [name.slice('INPUT_'.length).toLowerCase(), value]).sort());
appendFileSync(CALLS, JSON.stringify({ action: '${action}', job, inputs }) + '\\n');
const answers = JSON.parse(SCRIPT)['${action}'] ?? [{}];
const calls = before.filter((call) => call.action === '${action}').length;
const { fails, ...outputs } = answers[Math.min(calls, answers.length - 1)];
for (const [name, value] of Object.entries(outputs)) appendFileSync(GITHUB_OUTPUT, name + '=' + value + '\\n');
if (fails !== undefined) process.exitCode = 1;
`;

/** `job: action`, in the order of the calls. */
export const sequence = ({ calls }: ScriptedRun) => calls.map(({ job, action }) => `${job}: ${action}`);
