import { type Call, type Permissions, type Reply, refuse } from './call.ts';

type Need = readonly [request: RegExp, sets: readonly Permissions[]];

/**
 * What the tokens of apps and jobs need, from "Permissions required for GitHub Apps" of GitHub's documentation: each
 * set is enough by itself. The emulator is stricter with labels (GH 8.3) and knows no statuses.
 */
const needs: readonly Need[] = [
  [/^(GET|HEAD) \/(git|contents|compare|branches)\b/, [{ contents: 'read' }]],
  [/^GET \/commits\/[^/]+\/status(es)?$/, [{ statuses: 'read' }]],
  [/^GET \/commits\b/, [{ contents: 'read' }]],
  [/^\w+ \/(git|contents|merges)\b/, [{ contents: 'write' }]],
  [/^PUT \/pulls\/\d+\/merge$/, [{ contents: 'write' }]],
  [/^GET \/pulls\b/, [{ pull_requests: 'read' }]],
  [/^\w+ \/pulls\b/, [{ pull_requests: 'write' }]],
  [/^GET \/(issues|labels)\b/, [{ issues: 'read' }, { pull_requests: 'read' }]],
  [/^\w+ \/(issues|labels)\b/, [{ issues: 'write' }, { pull_requests: 'write' }]],
  [/^POST \/statuses\//, [{ statuses: 'write' }]],
  [/^GET \/environments\b/, [{ actions: 'read' }]],
  [/^\w+ \/actions\/permissions\b/, [{ administration: 'write' }]],
  [/^GET \/actions\b/, [{ actions: 'read' }]],
  [/^\w+ \/actions\b/, [{ actions: 'write' }]],
];

const rank = { read: 1, write: 2 } as const;

export const holds = (permissions: Permissions, wanted: Permissions): boolean =>
  Object.entries(wanted).every(([name, level]) => {
    const held = permissions[name];
    return held !== undefined && rank[held] >= rank[level];
  });

/** @param request of the repository: `POST /pulls`. */
export function refusePermission(call: Call, request: string): Reply | undefined {
  const sets = needs.find(([pattern]) => pattern.test(request))?.[1];
  if (sets === undefined || call.caller.kind !== 'app') return undefined;
  const { permissions } = call.caller;
  if (sets.some((set) => holds(permissions, set))) return undefined;
  const accepted = sets.map((set) =>
    Object.entries(set)
      .map(([name, level]) => `${name}=${level}`)
      .join(','),
  );
  return {
    ...refuse(403, 'Resource not accessible by integration'),
    headers: { 'x-accepted-github-permissions': accepted.join('; ') },
  };
}
