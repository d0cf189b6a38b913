import { z } from 'zod';
import type { JsonSchema } from '../grid/schema-problems.ts';
import { nearest } from '../plan/nearest.ts';
import { fileSchema } from './configuration-schema.ts';

/** What the schema of `muster.yaml` refuses, as a sentence: what it must be, what was found, the nearest that is allowed. */
export interface Words {
  readonly message: string;
  readonly fix?: string;
}

const kinds: Readonly<Record<string, string>> = {
  ...{ number: 'a number', int: 'a whole number', string: 'text', boolean: 'true or false' },
  ...{ object: 'a mapping', record: 'a mapping', array: 'a list' },
};

/** @param found the value that was refused; `undefined` where there is none. */
export function describeIssue(issue: z.core.$ZodIssue, found: unknown): Words {
  const not = found === undefined ? ', and is missing' : `, not ${shown(found)}`;
  switch (issue.code) {
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      const near = typeof found === 'string' ? nearest(found, allowed) : undefined;
      const message = `must be ${allowed.join(' or ')}${not}`;
      return near === undefined ? { message } : { message, fix: `Did you mean \`${near}\`?` };
    }
    case 'invalid_type':
      return { message: `must be ${kinds[issue.expected] ?? issue.expected}${not}` };
    case 'too_small':
      if (issue.origin !== 'number' && issue.origin !== 'int') break;
      return { message: `must be ${issue.inclusive === true ? 'at least' : 'above'} ${issue.minimum}${not}` };
  }
  return { message: found === undefined ? issue.message : `${issue.message}${not}` };
}

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `\`${text.length > 80 ? `${text.slice(0, 79)}…` : text}\``;
};

/** For a key that is not known there. */
export function allowedKeys(path: readonly PropertyKey[], key: string): string {
  const known = keysAt(path);
  const guess = nearest(key, known);
  return `${guess === undefined ? '' : `Did you mean \`${guess}\`? `}Allowed: ${known.join(', ')}.`;
}

function keysAt(path: readonly PropertyKey[]): readonly string[] {
  // `toJSONSchema` returns a JSON Schema document; its own type is wider than what we read of it.
  let schema = z.toJSONSchema(fileSchema, { io: 'input' }) as JsonSchema;
  for (const part of path) {
    const rest = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
    schema = schema.properties?.[String(part)] ?? rest;
  }
  return Object.keys(schema.properties ?? {});
}
