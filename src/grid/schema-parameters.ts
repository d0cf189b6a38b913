import { z } from 'zod';
import { expression, parameterName, scalar } from './schema-parts.ts';

const num = z.number().int().min(1).max(1_000_000);

const spacing = (description: string, examples: readonly object[], extra: z.ZodRawShape = {}) =>
  z
    .strictObject({
      start: z.number(),
      stop: z.number(),
      num: num.optional().meta({ description: 'How many values. `count` is another name for it.' }),
      count: num.optional().meta({ description: 'The same as `num`.' }),
      endpoint: z.boolean().default(true).meta({ description: 'Whether `stop` is the last value.' }),
      ...extra,
    })
    .meta({ description, examples: [...examples] });

const period = z.union([z.string().min(1), z.number().positive()]);

const date = z.string().min(4);

const dates = z
  .strictObject({
    start: date.meta({ description: 'First day, or moment, of the first window.' }),
    end: date.optional().meta({ description: 'Exclusive end of the last window.' }),
    last: date.optional().meta({ description: 'Inclusive last day, instead of `end`.' }),
    every: period.optional().meta({
      description:
        'Length of a window: `30 days`, `1 month`, `1 year`, `6 hours`; a bare number is days. Without it, one window.',
    }),
    overlap: period.optional().meta({
      description: 'How much of a window the next one repeats; the stride is `every` less `overlap`.',
    }),
  })
  .meta({
    description:
      'Windows in time: `{p.start}`, `{p.end}` (exclusive), `{p.last}` (inclusive), with strftime formats `{p.start:%Y.%j}`. The last one is clipped.',
    examples: [{ start: '2000-01-01', end: '2001-01-01', every: '1 month' }],
  });

export const attributes = {
  unit: z
    .string()
    .optional()
    .meta({ description: 'Shown to people, not to the program.', examples: ['km/s'] }),
  description: z
    .string()
    .optional()
    .meta({ description: 'Shown to people; no part of the identity of a run.' }),
  format: z
    .string()
    .optional()
    .meta({
      description: 'How the program sees the value, as in a placeholder.',
      examples: ['.3f', '%05d'],
    }),
  round: z
    .number()
    .int()
    .min(-15)
    .max(15)
    .optional()
    .meta({ description: 'Decimals to which numbers are rounded: the value itself, not only its text.' }),
  type: z
    .enum(['text'])
    .optional()
    .meta({ description: '`text` keeps values as written: `1.0` is no number then.' }),
  group: z.number().int().min(1).optional().meta({
    description: 'Packs the values n at a time into lists; the last list may be smaller.',
  }),
} as const;

export const formShape = {
  value: z
    .unknown()
    .optional()
    .meta({ description: 'One value, also a list or an object.', examples: [[16, 30]] }),
  values: z
    .array(z.unknown())
    .min(1)
    .optional()
    .meta({ description: 'An axis whose items are always values.' }),
  linspace: spacing('Evenly spaced, as NumPy.', [{ start: 0, stop: 1, num: 5 }]).optional(),
  geomspace: spacing('Evenly spaced on a logarithmic scale between two end points, as NumPy.', [
    { start: 0.1, stop: 5.0, num: 10 },
  ]).optional(),
  logspace: spacing(
    'As NumPy: `start` and `stop` are exponents of `base`.',
    [{ start: -1, stop: 1, num: 5 }],
    {
      base: z.number().positive().default(10).meta({ description: 'Base of the exponents.' }),
    },
  ).optional(),
  range: z
    .strictObject({
      start: z.number().default(0),
      stop: z.number(),
      step: z.number().default(1),
    })
    .optional()
    .meta({
      description: '`start + i*step`; `stop` is excluded.',
      examples: [{ start: 0, stop: 1, step: 0.25 }],
    }),
  dates: dates.optional(),
  chunks: z
    .strictObject({ of: z.number().int().min(1), size: z.number().int().min(1) })
    .optional()
    .meta({
      description:
        'Parts of `0..of`: `{p.start}`, `{p.end}` (exclusive), `{p.count}`. The last one may be smaller.',
      examples: [{ of: 1346, size: 100 }],
    }),
  file: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        'A text file with one value a line. Empty lines and lines that start with `#` do not count.',
      examples: ['ids.txt'],
    }),
  derive: expression.optional().meta({
    description: 'Computed from other parameters by an expression. `index` is the combination’s position.',
    examples: ['alpha_ce * lambda_ce'],
  }),
  unique: z
    .strictObject({
      stride: z
        .number()
        .int()
        .min(1)
        .default(1)
        .meta({ description: 'How many integers each combination owns.' }),
      except: z.array(parameterName).default([]).meta({
        description: 'Parameters that do not change the seed: common random numbers.',
      }),
      below: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).default(Number.MAX_SAFE_INTEGER).meta({
        description: 'Every seed is below this, for programs with small integers, e.g. 4294967296.',
      }),
      salt: z.number().int().default(0).meta({ description: 'Another number gives other seeds everywhere.' }),
    })
    .optional()
    .meta({
      description:
        'An integer seed from the other parameters: the same for the same point whatever else the grid holds. Seeds own `[seed, seed + stride)`; an overlap is an error.',
      examples: [{ stride: 10000 }],
    }),
  repeat: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .meta({
      description: 'The integers from 0 to one less than this.',
      examples: [10],
    }),
} as const;

/** The keys of which a parameter has exactly one. */
export const formKeys = Object.keys(formShape);

/** Forms that may stand in a list, which is then the union of their values. */
export const listForms: ReadonlySet<string> = new Set([
  'linspace',
  'geomspace',
  'logspace',
  'range',
  'dates',
  'chunks',
  'file',
]);

export const form = z.strictObject({ ...formShape, ...attributes }).meta({
  description: 'Exactly one of the forms, with attributes if wanted.',
  examples: [{ value: 217, unit: 'km/s' }],
});

export const parameter = z.union([scalar, z.array(z.unknown()).min(1), form]).meta({
  description: 'A constant, a list of values (an axis), or a form such as `{ linspace: ... }`.',
  examples: [10000, [0.1, 0.5]],
});

export const parameters = z.record(parameterName, parameter).meta({
  description: 'The inputs by name, in the order of the grid: the first axis is the slowest.',
});
