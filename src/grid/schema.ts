import { z } from 'zod';
import { duration, orPlaceholder } from './schema-parts.ts';
import { program } from './schema-program.ts';
import { shapeSchema } from './schema-shapes.ts';

/** The grid file: the one source of the editors' JSON Schema, the reference page and every message. */

const slice = z.strictObject({
  combinations: z
    .number()
    .int()
    .min(1)
    .default(1)
    .meta({ description: 'Combinations that one job runs in turn.' }),
  per: z.enum(['combination', 'slice']).default('combination').meta({
    description: '`slice`: the program takes `{slice.start}` and `{slice.end}` itself and is started once.',
  }),
});

const resources = z.strictObject({
  vcpus: orPlaceholder(z.number().int().min(1))
    .default(1)
    .meta({ description: 'Of one combination.', examples: [4] }),
  memory: z
    .string()
    .min(1)
    .default('2 GiB')
    .meta({ description: 'With its unit.', examples: ['3 GiB', '3000 MiB'] }),
  gpus: orPlaceholder(z.number().int().min(0)).default(0).meta({ description: 'Of one combination.' }),
  architecture: orPlaceholder(z.enum(['arm64', 'amd64', 'any']))
    .default('any')
    .meta({
      description: '`any`: the plan takes the cheaper fitting queue.',
      examples: ['arm64', 'amd64', 'any'],
    }),
  capacity: orPlaceholder(z.enum(['spot', 'spot-first', 'on-demand']))
    .default('spot')
    .meta({ description: 'How machines are bought.', examples: ['spot', 'spot-first', 'on-demand'] }),
  scratch: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Disk space, with its unit.', examples: ['20 GiB'] }),
  concurrent: orPlaceholder(z.number().int().min(1)).optional().meta({
    description: 'Slices that run at once, at most; each class of resources has as many of its own.',
  }),
  queue: z.string().min(1).optional().meta({ description: 'A name from `muster.yaml`.' }),
  ulimits: z
    .record(z.string().regex(/^[a-z]+$/), z.number().int().min(0))
    .default({})
    .meta({ description: 'Limits of the container.', examples: [{ nofile: 65535 }] }),
  nodes: z
    .literal(1)
    .optional()
    .meta({ description: 'Only 1: programs that span machines are not supported.' }),
});

export const gridSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, {
      error: 'a name has lower-case letters, digits and hyphens, at most 40, with no hyphen at either end',
    })
    .meta({
      description: 'Unique in `grids/`: lower-case letters, digits and `-`, at most 40.',
      examples: ['compas-sparse'],
    }),
  description: z.string().max(2000).optional().meta({ description: 'One line for people.' }),
  program,
  ...shapeSchema,
  label: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        'Readable name of a combination and its folder; unique. Without it `name=text` of the axes joined by `_`, or the id beyond 120 characters.',
      examples: ['alpha{alpha_ce:.3f}_Z{metallicity:.5f}'],
    }),
  slice: slice.prefault({}).meta({ description: 'How combinations are packed into jobs.' }),
  resources: resources
    .prefault({})
    .meta({ description: 'What one combination needs. Values may be placeholders.' }),
  retry: z
    .strictObject({
      attempts: z
        .number()
        .int()
        .min(1)
        .max(10)
        .default(3)
        .meta({ description: 'Times a slice is tried, at most.' }),
      on_exit: z.array(z.number().int().min(1).max(255)).default([75]).meta({
        description: 'Exit codes of the program that are worth another attempt. Lost machines always are.',
      }),
    })
    .prefault({})
    .meta({ description: 'What is tried again.' }),
  timeout: duration.default('1h').meta({
    description: 'Of one combination; a slice has the sum plus 10 min. A bare number is seconds.',
    examples: ['4h', '90 min'],
  }),
  expected: duration.optional().meta({
    description: 'Expected time of one combination, for the estimate; measured history replaces it.',
    examples: ['48 min'],
  }),
  failures: z
    .strictObject({
      stop_after: z
        .union([
          z.number().int().min(1),
          z.string().regex(/^\d+(?:\.\d+)?\s*%$/, { error: 'a share such as 10%' }),
        ])
        .default('10%')
        .meta({ description: 'Share or number of failed combinations that stops the run; at least 3.' }),
    })
    .prefault({})
    .meta({ description: 'When a run gives up.', examples: [{ stop_after: '10%' }] }),
  budget: z
    .strictObject({ usd: z.number().positive() })
    .optional()
    .meta({ description: 'The run stops before it costs more.', examples: [{ usd: 25 }] }),
  keep: z
    .strictObject({
      outputs: duration
        .optional()
        .meta({ description: 'How long outputs stay in the store.', examples: ['180 d'] }),
      on_failure: z
        .array(z.string().min(1))
        .default([])
        .meta({
          description: 'Globs of files kept when a combination fails.',
          examples: [['*.log']],
        }),
    })
    .prefault({})
    .meta({ description: 'What is kept, and how long.' }),
  launch: z
    .strictObject({
      on: z.enum(['commit', 'manual']).default('manual').meta({
        description:
          '`commit`: a merged change of the file starts the run. `manual`, the default, never spends by itself.',
      }),
      pilot: z.number().int().min(0).default(0).meta({
        description: 'Run so many first; go on only if they verify and the forecast fits the budget.',
      }),
    })
    .prefault({})
    .meta({ description: 'When a run starts.' }),
});

export type GridDocument = z.output<typeof gridSchema>;
