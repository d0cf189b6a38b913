import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { ConfigurationError, type Problem } from '../errors.ts';
import { parseDuration } from '../grid/units.ts';
import { nearest } from '../plan/nearest.ts';

/**
 * `muster.yaml` (design, section 3): what the operator of the account decides. Grids may only lower its limits.
 * Everything has a default, so that a clone without the file works on one machine.
 */
const usd = z.number().nonnegative();

function isDuration(text: string): boolean {
  try {
    return parseDuration(text) > 0;
  } catch {
    return false;
  }
}

export const configurationSchema = z
  .strictObject({
    store: z.string().default('.muster/store').meta({
      description: 'Where state and outputs live: a folder, `file:///path` or `s3://bucket/prefix`.',
    }),
    engine: z
      .enum(['local', 'aws-batch'])
      .default('local')
      .meta({ description: 'Where slices run when no `--engine` is given.' }),
    forge: z.enum(['local', 'github']).default('local').meta({
      description: 'Where reviews are opened. `local` writes them as Markdown and HTML below `.muster/`.',
    }),
    repository: z
      .string()
      .regex(/^[\w.-]+\/[\w.-]+$/)
      .default('local/grids')
      .meta({ description: 'owner/name, for records and links.' }),
    region: z.string().exactOptional().meta({ description: 'AWS region.' }),
    queues: z
      .record(
        z.string(),
        z.strictObject({
          arn: z.string(),
          architecture: z.enum(['arm64', 'amd64']),
          capacity: z.enum(['spot', 'spot-first', 'on-demand']),
          scratch: z.string().exactOptional(),
          instances: z.array(z.string()).exactOptional(),
        }),
      )
      .default({})
      .meta({ description: 'Job queues by the name that grids use.' }),
    log_group: z.string().exactOptional().meta({ description: 'CloudWatch log group of the jobs.' }),
    roles: z.record(z.string(), z.string()).default({}).meta({ description: 'Role ARNs by purpose.' }),
    access: z
      .strictObject({ read: z.array(z.string()).default([]) })
      .default({ read: [] })
      .meta({ description: 'Buckets that programs may read their inputs from.' }),
    money: z
      .strictObject({
        run_usd: usd.exactOptional(),
        month_usd: usd.exactOptional(),
        approval_above_usd: usd.exactOptional(),
        ceiling_usd: usd.exactOptional(),
        local_usd_per_vcpu_hour: usd.default(0),
      })
      .default({ local_usd_per_vcpu_hour: 0 })
      .meta({ description: 'Limits in USD; a run of the local engine costs `local_usd_per_vcpu_hour`.' }),
    watch: z
      .strictObject({
        every: z.string().refine(isDuration, 'write a duration, such as `10 min`').default('10 min'),
      })
      .default({ every: '10 min' })
      .meta({ description: 'How often the watch workflow looks at running ensembles.' }),
  })
  .meta({ title: 'muster.yaml' });

export type Configuration = z.output<typeof configurationSchema>;

function fixOf(issue: z.core.$ZodIssue): { readonly fix?: string } {
  if (issue.code !== 'unrecognized_keys' || issue.path.length > 0) return {};
  const known = Object.keys(configurationSchema.shape);
  const guess = nearest(issue.keys[0] ?? '', known);
  return { fix: `${guess === undefined ? '' : `Did you mean \`${guess}\`? `}Allowed: ${known.join(', ')}.` };
}

/** Reads the text of `muster.yaml`. Throws `ConfigurationError` with the place of everything wrong. */
export function parseConfiguration(file: string, text: string): Configuration {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const syntax = document.errors.map((error): Problem => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { file, line, column: col, message: error.message.split(/ at line |\n/)[0] ?? 'not YAML' };
  });
  if (syntax.length > 0) throw new ConfigurationError(syntax);
  const parsed = configurationSchema.safeParse(readValue(file, document) ?? {});
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(
    parsed.error.issues.map((issue): Problem => {
      const offset = offsetOf(document, issue);
      const place = offset === undefined ? undefined : lines.linePos(offset);
      const key = issue.path.join('.');
      return {
        file,
        ...(place && { line: place.line, column: place.col }),
        message: `${key === '' ? '' : `\`${key}\`: `}${issue.message}`,
        ...fixOf(issue),
      };
    }),
  );
}

function readValue(file: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    // What the library throws for aliases that grow without bound.
    if (!(cause instanceof ReferenceError)) throw cause;
    throw new ConfigurationError({ file, message: 'aliases repeat too much' }, { cause });
  }
}

/** Where to look: at an unknown key itself, at what is wrong, or at what something is missing from. */
function offsetOf(document: Document, issue: z.core.$ZodIssue): number | undefined {
  const at = (path: readonly PropertyKey[]) =>
    path.length === 0 ? document.contents : document.getIn(path, true);
  if (issue.code === 'unrecognized_keys') {
    const map = at(issue.path);
    const pair = isMap(map)
      ? map.items.find(({ key }) => isScalar(key) && key.value === issue.keys[0])
      : undefined;
    if (isScalar(pair?.key)) return pair.key.range?.[0];
  }
  for (let length = issue.path.length; length >= 0; length--) {
    const node = at(issue.path.slice(0, length));
    if (isNode(node)) return node.range?.[0];
  }
  return undefined;
}
