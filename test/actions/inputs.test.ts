import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const actions = resolve(import.meta.dirname, '../../actions');
const names = readdirSync(actions).filter((name) => name !== 'dist');

const yamlSchema = z.looseObject({
  inputs: z.record(
    z.string(),
    z.looseObject({ required: z.boolean().default(false), default: z.string().optional() }),
  ),
  outputs: z.record(z.string(), z.unknown()),
});

const inputMeta = z.looseObject({ required: z.boolean().default(false), default: z.string().optional() });

describe.each(names)('%s', (name) => {
  const described = yamlSchema.parse(parse(readFileSync(join(actions, name, 'action.yml'), 'utf8')));

  it('takes the inputs that its action.yml describes, with the same defaults', async () => {
    const { inputs } = (await import(join(actions, name, 'inputs.ts'))) as { inputs: z.ZodObject };
    const taken = Object.entries(inputs.shape).map(([input, schema]) => {
      // Fields are schemas of zod, which types them as its core does.
      const { required, default: fallback } = inputMeta.parse((schema as z.ZodType).meta() ?? {});
      return [input, { required, default: fallback }];
    });
    const wanted = Object.entries(described.inputs).map(([input, { required, default: fallback }]) => [
      input,
      { required, default: fallback },
    ]);
    expect(Object.fromEntries(taken)).toEqual(Object.fromEntries(wanted));
  });

  it('has the outputs that its action.yml describes', () => {
    const text = readFileSync(join(actions, name, 'inputs.ts'), 'utf8');
    const [, union = ''] = /export type Output =([^;]*);/.exec(text) ?? [];
    const declared = Array.from(union.matchAll(/'([\w-]+)'/g), ([, output]) => output);
    expect(declared.sort()).toEqual(Object.keys(described.outputs).sort());
  });
});
