import { z } from 'zod';

/** The pieces that several parts of the grid file's schema share. Descriptions become the reference page and messages. */

export const parameterName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, {
  error: 'a name is a letter or _ followed by letters, digits and _',
});

export const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** Text that may hold placeholders. Numbers and booleans are taken as written. */
export const template = z
  .union([z.string(), z.number(), z.boolean()])
  .meta({ description: 'Text; placeholders such as `{alpha}` are filled in, always inside quotes.' });

export const expression = z.string().min(1).max(2000).meta({
  description:
    'An expression over parameters, e.g. `alpha * 2 < beta and kind == "a"`. Operators `+ - * / % **`, comparisons, `and or not in`; functions `min max abs round floor ceil sqrt log log10 exp pow default`.',
});

export const duration = z.union([z.number().positive(), z.string().min(1)]);

const placeholder = z.string().regex(/\{/);

export const orPlaceholder = <T extends z.ZodType>(type: T) => z.union([type, placeholder]);

export const commandLine = z.array(z.union([template, z.array(template).min(1)])).min(1);

export const relativePath = z.string().min(1).max(1024);
