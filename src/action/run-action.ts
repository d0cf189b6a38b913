import { normalize } from 'node:path';
import { setFailed, setOutput } from '@actions/core';
import type { z } from 'zod';
import { ConfigurationError, describeProblem, PreflightError, type Problem, RemoteError } from '../errors.ts';
import { explainError } from '../place/exit-codes.ts';
import { fence } from '../report/escape.ts';
import { readInputs } from './inputs.ts';
import { type Job, readJob } from './job.ts';
import { placeOf } from './place-of.ts';
import { summarize } from './summary.ts';
import { openVoice, type Voice } from './voice.ts';

/** What an action is given. */
export interface Action<Inputs> {
  readonly inputs: Inputs;
  readonly job: Job;
  readonly voice: Voice;
}

/** What it leaves behind. */
export interface Done<Name extends string = string> {
  readonly outputs: Readonly<Record<Name, Output>>;
  /** Present: the step fails with this, after everything was done. */
  readonly failed?: string;
}

/** Null and undefined: empty. */
export type Output = string | number | boolean | null | undefined | readonly object[] | readonly string[];

type Main<Inputs> = (action: Action<Inputs>) => Promise<Done>;

/**
 * Reads the inputs, loads the rest of the action, does the work, and sets outputs and exit code. A wrong input is told
 * before anything else is loaded.
 */
export async function runAction<Schema extends z.ZodObject>(
  schema: Schema,
  load: () => Promise<Main<z.output<Schema>>>,
): Promise<void> {
  const voice = openVoice();
  endInTime(voice);
  let failed: string | undefined;
  let directory = '';
  try {
    const inputs = readInputs(schema);
    directory = typeof inputs.directory === 'string' ? normalize(inputs.directory) : '';
    const job = readJob(process.env);
    const main = await load();
    const done = await main({ inputs, job, voice });
    setOutputs(done.outputs);
    failed = done.failed;
  } catch (error) {
    failed = await tellError(error, voice, directory);
  }
  voice.close();
  // Sets the exit code, and is an annotation by itself.
  if (failed !== undefined) setFailed(failed);
}

function setOutputs(outputs: Done['outputs']): void {
  for (const [name, value] of Object.entries(outputs)) setOutput(name, value ?? '');
}

/** The places of what is wrong become annotations; returns the short message. */
async function tellError(error: unknown, voice: Voice, directory: string): Promise<string> {
  const { text } = explainError(error);
  for (const line of text.split('\n')) voice.say(line);
  if (error instanceof ConfigurationError) {
    for (const problem of error.problems) annotate(problem, voice, directory, error.problems.length > 1);
    await summarize(problemsText(error));
    const [first] = error.problems;
    const others = error.problems.length - 1;
    const more = others === 0 ? '' : ` (and ${others} more)`;
    return first === undefined ? text : `${describeProblem(first)}${more}`;
  }
  if (error instanceof PreflightError || error instanceof RemoteError) {
    await summarize(fence(text));
    return text;
  }
  return 'This is a bug in Muster: please report it with the lines of the log above.';
}

/** On its line; what has none is no file, and the failure of the step tells a single one. */
function annotate(problem: Problem, voice: Voice, directory: string, isOneOfMany: boolean): void {
  const { line, ...without } = placeOf(problem, directory === '.' ? '' : directory);
  if (line !== undefined) voice.annotate({ level: 'error', ...without, line });
  else if (isOneOfMany) voice.annotate({ level: 'error', message: describeProblem(problem) });
}

const problemsText = ({ problems }: ConfigurationError) => fence(problems.map(describeProblem).join('\n'));

/** Milliseconds: GitHub kills a step ten seconds after SIGINT (GH 3.6). */
const respite = 5000;

/**
 * Whoever cancels a workflow cancels no ensemble: every verb may die at any line and is completed by the next one. What is
 * on its way gets a few seconds to be noted.
 */
function endInTime(voice: Voice): void {
  let isEnding = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    voice.say(
      'Stopping. Nothing is lost: the next run of this workflow completes what was begun, and what runs on AWS Batch goes on.',
    );
    setTimeout(() => {
      voice.close();
      process.exit(130);
    }, respite).unref();
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}
