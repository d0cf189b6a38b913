import { z } from 'zod';
import { workerEnvironment } from '../engine/engine.ts';

const wholeNumber = z.coerce.number().int().nonnegative();
const given = z.string().min(1);

const schema = z.object({
  MUSTER_STORE: given,
  MUSTER_RUN: given.regex(/^[a-z0-9-]+$/),
  MUSTER_ROUND: wholeNumber,
  MUSTER_ARRAY: wholeNumber,
  [workerEnvironment.jobId]: given,
  [workerEnvironment.attempt]: z.coerce.number().int().positive(),
  [workerEnvironment.arrayIndex]: wholeNumber.default(0),
  MUSTER_WORK_DIR: given.optional(),
  MUSTER_PROGRAM_PATH: given.optional(),
  MUSTER_LIFELINE: z.literal('stdin').optional(),
  MUSTER_SLICE_SECONDS: z.coerce.number().positive().optional(),
});

/** What the engine tells the worker, parsed once. */
export interface WorkerSettings {
  readonly store: string;
  readonly run: string;
  readonly round: number;
  readonly array: number;
  /** `<parent>` or `<parent>:<index>`. */
  readonly job: string;
  readonly parent: string;
  /** 0 in a plain job. */
  readonly child: number;
  /** From 1. */
  readonly attempt: number;
  /** Where scratch folders are made; absent: `/scratch` if it can be written, else the system's folder. */
  readonly workBase?: string;
  /** Goes before the program's `PATH`. */
  readonly programPath?: string;
  /** The engine holds our standard input open; when it closes, the engine is gone. */
  readonly lifeline: boolean;
  /** The engine's limit for this attempt; the worker stops itself before. */
  readonly sliceSeconds?: number;
}

/** The settings, or one line that names every variable that is wrong. */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
):
  | { readonly ok: true; readonly settings: WorkerSettings }
  | { readonly ok: false; readonly message: string } {
  const parsed = schema.safeParse(environment);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    return { ok: false, message: `the worker's environment is incomplete or wrong: ${wrong.join('; ')}` };
  }
  const values = parsed.data;
  const job = values[workerEnvironment.jobId];
  return {
    ok: true,
    settings: {
      store: values.MUSTER_STORE,
      run: values.MUSTER_RUN,
      round: values.MUSTER_ROUND,
      array: values.MUSTER_ARRAY,
      job,
      parent: job.replace(/:\d+$/, ''),
      child: values[workerEnvironment.arrayIndex],
      attempt: values[workerEnvironment.attempt],
      lifeline: values.MUSTER_LIFELINE === 'stdin',
      ...(values.MUSTER_WORK_DIR === undefined ? {} : { workBase: values.MUSTER_WORK_DIR }),
      ...(values.MUSTER_PROGRAM_PATH === undefined ? {} : { programPath: values.MUSTER_PROGRAM_PATH }),
      ...(values.MUSTER_SLICE_SECONDS === undefined ? {} : { sliceSeconds: values.MUSTER_SLICE_SECONDS }),
    },
  };
}
