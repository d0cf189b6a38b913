import { getInput } from '@actions/core';
import { z } from 'zod';
import { ConfigurationError, type Problem } from '../errors.ts';

/**
 * Inputs of actions, declared once: names as in `action.yml`, which a test holds against them. A runner enforces
 * nothing (GH 1.1): what is missing arrives empty.
 */

/** Says what `action.yml` has to say of an input. */
interface Declared {
  readonly required?: boolean;
  readonly default?: string;
}

const declared = <Schema extends z.ZodType>(schema: Schema, meta: Declared) => schema.meta({ ...meta });

/** Text that has to be there. */
export const required = (pattern?: RegExp, what = 'something else') =>
  declared(
    z
      .string()
      .min(1, 'is required')
      .refine((text) => text === '' || pattern === undefined || pattern.test(text), `is not ${what}`),
    { required: true },
  );

/** Text; absent when empty. */
export const optional = () =>
  declared(
    z.string().transform((text) => (text === '' ? undefined : text)),
    {},
  );

/** Text with a default, also when a workflow passes on an input of its own that nobody filled in. */
export const text = (fallback: string) =>
  declared(
    z.string().transform((given) => (given === '' ? fallback : given)),
    { default: fallback },
  );

/** Only `true` and `false`: what else somebody writes is no yes. */
export const flag = (fallback: boolean) =>
  declared(
    z
      .string()
      .transform((given) => (given === '' ? String(fallback) : given))
      .pipe(z.enum(['true', 'false'], 'is neither `true` nor `false`'))
      .transform((given) => given === 'true'),
    { default: String(fallback) },
  );

/** USD, or another number that is not below zero; absent when empty. */
export const amount = () =>
  declared(
    z
      .string()
      .regex(/^(\d+(\.\d+)?(e-\d+)?)?$/, 'is no amount, such as 25 or 0.50') // a step's output may be as small as 8e-7
      .transform((given) => (given === '' ? undefined : Number(given))),
    {},
  );

export const wholeNumber = () =>
  declared(
    z
      .string()
      .regex(/^([1-9]\d*)?$/, 'is no whole number above 0')
      .transform((given) => (given === '' ? undefined : Number(given))),
    {},
  );

/** One a line. */
export const lines = (fallback = '') =>
  declared(
    z.string().transform((given) =>
      (given === '' ? fallback : given)
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    ),
    fallback === '' ? {} : { default: fallback },
  );

/** Of every action. */
export const shared = {
  'role-arn': declared(
    z
      .string()
      .regex(/^(arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+)?$/, 'is no ARN of an IAM role')
      .transform((given) => (given === '' ? undefined : given)),
    {},
  ),
  region: declared(
    z
      .string()
      .regex(/^([a-z]{2}(-[a-z]+)+-\d)?$/, 'is no AWS region, such as us-west-2')
      .transform((given) => (given === '' ? undefined : given)),
    {},
  ),
  stage: optional(),
  directory: text('.'),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub's expression, as action.yml has it
  token: declared(z.string(), { default: '${{ github.token }}' }),
};

export type SharedInputs = z.output<z.ZodObject<typeof shared>>;

/** Throws `ConfigurationError` with everything that is wrong. */
export function readInputs<Schema extends z.ZodObject>(schema: Schema): z.output<Schema> {
  const given = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, getInput(name)]));
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  throw new ConfigurationError(read.error.issues.map((issue) => problemOf(issue, given)));
}

function problemOf({ path, message }: z.core.$ZodIssue, given: Readonly<Record<string, string>>): Problem {
  const name = String(path[0] ?? '');
  const value = given[name] ?? '';
  const told = value === '' || name === 'token' ? '' : ` \`${value.slice(0, 200)}\``;
  return {
    file: `input ${name}`,
    message: `${told === '' ? 'it' : told.trim()} ${message}`,
    fix: `Set it with \`with: { ${name}: ... }\`; action.yml says what it means.`,
  };
}
