import { readFileSync } from 'node:fs';
import { type Policy, readPolicy } from './policy.ts';

// The roles of docs/aws.md, as people will copy them.

const guide = readFileSync(new URL('../../docs/aws.md', import.meta.url), 'utf8');
const [, roles = ''] = /\n## Roles\n([\s\S]*?)\n## /.exec(guide) ?? [];

/** What a row of the table under "You" allows: `batch:SubmitJob`. */
export function rightsFor(...rows: readonly string[]): ReadonlySet<string> {
  return new Set(rows.flatMap((row) => actionsIn(cellOf(row))));
}

/** What any row allows. */
export const allRights = (): ReadonlySet<string> =>
  new Set(
    roles
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .flatMap(actionsIn),
  );

function cellOf(row: string): string {
  const line = roles.split('\n').find((one) => one.startsWith(`| ${row}`));
  if (line === undefined) throw new Error(`docs/aws.md has no row "${row}" under "Roles"`);
  return line;
}

/** A name without a service belongs to that of the name before it. */
function actionsIn(text: string): readonly string[] {
  let service = '';
  return [...text.matchAll(/`(?:([a-z][a-z0-9]*):)?([A-Z]\w+)`/g)].map(([, named, action]) => {
    service = named ?? service;
    return `${service}:${action}`;
  });
}

/** Of the container, in a bucket of this name. */
export function jobRole(bucket: string): Policy {
  const [, json = ''] = /\*\*The job role\*\*[\s\S]*?```json\n([\s\S]*?)```/.exec(roles) ?? [];
  return readPolicy(json.replaceAll('lab-muster', bucket));
}
