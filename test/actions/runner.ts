import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const actions = resolve(import.meta.dirname, '../../actions');

const actionSchema = z.looseObject({
  inputs: z.record(z.string(), z.looseObject({ default: z.string().optional() })).default({}),
});

/** A command that the runner would carry out. */
export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** What a step left behind. */
export interface Step {
  readonly code: number | null;
  /** Both streams, as the runner reads them. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly commands: readonly Command[];
}

export interface StepRequest {
  readonly action: string;
  /** As a workflow gives them; the defaults of action.yml for the others. */
  readonly with?: Readonly<Record<string, string>>;
  readonly workspace: string;
  /** Of the job: a runner passes nothing else on. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The payload of the event. */
  readonly event?: object;
  /** For `${{ github.token }}`. */
  readonly token?: string;
  /** Instead of the committed bundles. */
  readonly bundles?: string;
}

export interface RunningStep {
  readonly child: ChildProcess;
  readonly ended: Promise<Step>;
}

/** Runs committed bundles as a runner does: the environment from scratch (GH 5.4), the working directory the workspace. */
export function startStep(request: StepRequest): RunningStep {
  const { action, workspace, environment = {}, event = {}, token = '' } = request;
  const folder = mkdtempSync(join(tmpdir(), 'muster-step-'));
  const file = (name: string, text = '') => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const temp = join(folder, 'temp');
  mkdirSync(temp);
  const files = { output: file('output'), summary: file('summary') };
  const bundle = join(request.bundles ?? actions, action, 'dist/index.mjs');
  const child = spawn(process.execPath, [bundle], {
    cwd: workspace,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      ...inputsOf(action, request.with ?? {}, token),
      GITHUB_OUTPUT: files.output,
      GITHUB_STEP_SUMMARY: files.summary,
      GITHUB_ENV: file('env'),
      GITHUB_PATH: file('path'),
      GITHUB_STATE: file('state'),
      GITHUB_EVENT_PATH: file('event.json', JSON.stringify(event)),
      GITHUB_WORKSPACE: workspace,
      GITHUB_RUN_ID: '4711',
      GITHUB_ACTOR: 'ada',
      RUNNER_TEMP: temp,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { promise, resolve: end } = Promise.withResolvers<Step>();
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  }
  child.on('close', (code) => {
    const outputs = readOutputs(readFileSync(files.output, 'utf8'));
    const summary = readFileSync(files.summary, 'utf8');
    rmSync(folder, { recursive: true, force: true });
    end({ code, log, outputs, summary, commands: commandsIn(log) });
  });
  return { child, ended: promise };
}

/** A step that has to succeed. */
export async function goodStep(request: StepRequest): Promise<Step> {
  const step = await startStep(request).ended;
  if (step.code !== 0) throw new Error(`${request.action} ended with ${step.code}:\n${step.log}`);
  return step;
}

function inputsOf(
  action: string,
  given: Readonly<Record<string, string>>,
  token: string,
): Readonly<Record<string, string>> {
  const { inputs } = actionSchema.parse(parse(readFileSync(join(actions, action, 'action.yml'), 'utf8')));
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(inputs, name));
  if (unknown.length > 0) throw new Error(`${action} has no input ${unknown.join(', ')}`);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { default: fallback = '' }]) => {
      const value = given[name] ?? (fallback.includes('github.token') ? token : fallback);
      return [`INPUT_${name.toUpperCase()}`, value];
    }),
  );
}

/** `name<<word`, the value, `word`. */
function readOutputs(text: string): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const [, name, word] = /^([^<=]+)<<(.+)$/.exec(lines[at] ?? '') ?? [];
    if (name === undefined || word === undefined) continue;
    const end = lines.indexOf(word, at + 1);
    // As the runner: of one that is set twice, the last.
    outputs[name] = lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return outputs;
}

/** As the runner reads a log: nothing counts between `stop-commands` and its word. */
export function commandsIn(log: string): readonly Command[] {
  let word: string | undefined;
  return log.split('\n').flatMap((line) => {
    const [, head, message = ''] =
      /^\s*::(.*?)::(.*)$/.exec(line) ?? /^.*?##\[([^\]]*)\](.*)$/.exec(line) ?? [];
    if (head === undefined) return [];
    if (word !== undefined) {
      if (head === word) word = undefined;
      return [];
    }
    const [name = '', ...rest] = head.split(' ');
    if (name === 'stop-commands') {
      word = message;
      return [];
    }
    const properties = rest
      .join(' ')
      .split(',')
      .filter((pair) => pair !== '');
    return [
      {
        name,
        properties: Object.fromEntries(
          properties.map((pair) => [
            pair.slice(0, pair.indexOf('=')),
            decode(pair.slice(pair.indexOf('=') + 1)),
          ]),
        ),
        message: decode(message),
      },
    ];
  });
}

const decode = (text: string) =>
  text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
