import { z } from 'zod';
import { commandLine, duration, relativePath, template } from './schema-parts.ts';

const input = z
  .strictObject({
    from: z.string().min(1).meta({
      description: '`s3://bucket/key`, or a path in the repository; a final `/` means everything below.',
    }),
    to: relativePath.meta({ description: 'Relative to the work directory.' }),
  })
  .meta({ examples: [{ from: 's3://bucket/waveforms/{month.start:%Y}/', to: 'in/' }] });

const output = z.strictObject({
  path: relativePath.meta({ description: 'Path or glob, relative to the work directory.' }),
  format: z
    .enum(['hdf5', 'json', 'csv', 'text', 'binary'])
    .optional()
    .meta({ description: 'The file must open as this.' }),
  contains: z.array(z.string().min(1)).default([]).meta({
    description: 'HDF5: groups or datasets; JSON: keys; CSV: columns; text: parts of the text.',
  }),
  required: z.boolean().default(true).meta({ description: 'A missing output fails the combination.' }),
  min: z
    .number()
    .int()
    .min(0)
    .optional()
    .meta({ description: 'Files the glob must match at least; 1 if required.' }),
  min_bytes: z.number().int().min(0).default(0).meta({ description: 'Size each file must have at least.' }),
  archive: z
    .string()
    .regex(/\.tar\.(?:zst|gz)$/, { error: 'ends in .tar.zst or .tar.gz' })
    .optional()
    .meta({ description: 'All matching files become this one archive (`.tar.zst` or `.tar.gz`).' }),
});

const result = z.strictObject({
  file: relativePath.meta({ description: 'One of the outputs.' }),
  rows: z.string().min(1).optional().meta({ description: 'Number of rows of this HDF5 group or dataset.' }),
  key: z.string().min(1).optional().meta({ description: 'Value in a JSON file; dots reach inside.' }),
  column: z.string().min(1).optional().meta({ description: 'Column of a CSV file or HDF5 group.' }),
  reduce: z
    .enum(['mean', 'min', 'max', 'sum', 'median', 'last', 'count'])
    .optional()
    .meta({ description: 'How the column becomes one number; `mean` if not said.' }),
});

export const resultKeys = ['rows', 'key', 'column'] as const;

export const program = z
  .strictObject({
    image: z
      .string()
      .min(1)
      .meta({
        description: 'A folder of `docker/`, or any image reference with a digest.',
        examples: ['compas', 'ghcr.io/lab/model@sha256:...'],
      }),
    command: commandLine.meta({
      description:
        'The program and its arguments; there is no shell. A list inside is one group: dropped whole when a placeholder in it is absent, null or false.',
      examples: [['COMPAS', ['--common-envelope-alpha', '{alpha_ce}']]],
    }),
    environment: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), template)
      .default({})
      .meta({
        description: 'Environment variables.',
        examples: [{ OMP_NUM_THREADS: '{resources.vcpus}' }],
      }),
    files: z
      .array(relativePath)
      .default([])
      .meta({
        description: 'Copied into the work directory; from the grid’s folder or the repository.',
        examples: [['checks/compas.sh']],
      }),
    inputs: z.array(input).default([]).meta({ description: 'Fetched before the program starts.' }),
    checkpoint: z
      .strictObject({
        path: relativePath.meta({ description: 'A file, or with a final `/` a folder.' }),
        every: duration
          .default('10 min')
          .meta({ description: 'How often it is saved while the program runs.' }),
      })
      .optional()
      .meta({ description: 'Saved on the way and when interrupted, restored in the next attempt.' }),
    outputs: z
      .array(output)
      .default([])
      .meta({
        description: 'What must be there afterwards. Exit 0 alone proves nothing.',
        examples: [[{ path: 'out.h5', format: 'hdf5', contains: ['results'] }]],
      }),
    verify: commandLine.optional().meta({ description: 'Runs after the program; exit 0 means good.' }),
    results: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,62}$/), result)
      .default({})
      .meta({
        description: 'Numbers for the reviewer: columns of combinations.csv and figures.',
        examples: [{ dco: { file: 'out.h5', rows: 'BSE_Double_Compact_Objects' } }],
      }),
    credentials: z.boolean().default(false).meta({
      description: 'True: the program sees the machine’s cloud credentials.',
    }),
  })
  .meta({ description: 'What runs for each combination.' });

export type ProgramDocument = z.output<typeof program>;
