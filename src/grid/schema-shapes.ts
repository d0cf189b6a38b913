import { z } from 'zod';
import { parameters } from './schema-parameters.ts';
import { expression, parameterName } from './schema-parts.ts';

const zip = z.array(z.array(parameterName).min(2)).meta({
  description: 'Parameters that move together; equal length. They stand where the first of them stands.',
  examples: [[['p', 'delta']]],
});

export const rowsFile = z.strictObject({
  file: z.string().min(1).meta({ description: 'CSV, a whitespace table, or a JSON list of objects.' }),
  columns: z.array(parameterName).min(1).optional().meta({
    description:
      'Names of the columns, in order, for a file without a header; with a header, the columns to use.',
  }),
  header: z.boolean().optional().meta({
    description:
      'Whether the first line names the columns. Without `columns` it does; with `columns` it does not.',
  }),
  separator: z.string().min(1).optional().meta({
    description:
      'A character or `whitespace`. By the name of the file: `.csv` comma, `.tsv` tab, others whitespace.',
  }),
});

const rows = z.union([z.array(z.record(z.string(), z.unknown())).min(1), rowsFile]).meta({
  description:
    'Explicit points: a list of objects, or a table in a file. The slowest axis. Attributes of a column go under `parameters`.',
  examples: [{ file: 'stations.csv' }, [{ id: 'a', vcpus: 4 }]],
});

const exclude = z
  .array(z.union([expression, z.record(parameterName, z.unknown())]))
  .min(1)
  .meta({
    description: 'Points left out: partial matches (a list means any of them), or expressions.',
    examples: [[{ alpha: 0.1 }, 'alpha > beta']],
  });

const sampleRange = z.union([
  z.tuple([z.number(), z.number()]),
  z.strictObject({
    start: z.number(),
    stop: z.number(),
    scale: z.enum(['linear', 'log']).default('linear'),
    integer: z.boolean().default(false).meta({ description: 'Whole numbers, `stop` included.' }),
  }),
]);

export const sample = z
  .strictObject({
    method: z.enum(['latin-hypercube', 'random']),
    num: z.number().int().min(1).max(1_000_000),
    seed: z.number().int().min(0).max(4294967295).default(0),
    ranges: z.record(parameterName, sampleRange),
  })
  .meta({
    description: 'Points drawn from ranges; the slowest axis. The same seed gives the same points.',
    examples: [{ method: 'latin-hypercube', num: 100, seed: 1, ranges: { alpha: [0.1, 5] } }],
  });

const blockShape = {
  parameters: parameters.optional(),
  zip: zip.optional(),
  rows: rows.optional(),
  exclude: exclude.optional(),
  only: expression.optional().meta({ description: 'Keeps the points for which this expression holds.' }),
  sample: sample.optional(),
} as const;

export const block = z.strictObject(blockShape);

export const shapeSchema = {
  ...blockShape,
  blocks: z.array(block).min(1).optional().meta({
    description:
      'Shapes whose points are joined in order; the parameters outside are their defaults, `exclude` and `only` outside hold for all. A parameter missing in a block is absent there.',
  }),
  max_combinations: z
    .number()
    .int()
    .min(1)
    .max(100_000_000)
    .default(1_000_000)
    .meta({ description: 'More combinations than this are an error.' }),
} as const;
