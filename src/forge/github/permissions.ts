/** Which key of a job's `permissions:` a request needs (GH 4.1), for the words of a refusal. */

const needed: readonly (readonly [request: RegExp, permission: string])[] = [
  [/^GET \S*\/(git|contents|compare)\//, 'contents: read'],
  [/^\w+ \S*\/git\//, 'contents: write'],
  [/^GET \S*\/(pulls|issues)\b/, 'pull-requests: read'],
  // Comments and labels of pull requests go through the issues' endpoints.
  [/^\w+ \S*\/(pulls|issues|labels)\b/, 'pull-requests: write'],
  [/^GET \S*\/commits\/\S+\/status/, 'statuses: read'],
  [/^POST \S*\/statuses\//, 'statuses: write'],
  [/^GET \S*\/(actions|environments)\//, 'actions: read'],
  [/^\w+ \S*\/actions\//, 'actions: write'],
  // Marking a pull request as ready needs the right to push, too [ISS cli/cli 6924].
  [/^POST \/graphql/, 'pull-requests: write and contents: write'],
];

/**
 * @param route as `POST /repos/{owner}/{repo}/pulls`.
 * @param accepted GitHub's header `x-accepted-github-permissions`, which knows best: sets, each enough by itself,
 *   between semicolons (changelog of 2023-08-10).
 */
export function permissionOf(route: string, accepted: string | undefined): string | undefined {
  const sets = (accepted ?? '').split(';').map(readSet).filter(Boolean);
  if (sets.length > 0) return sets.join(', or ');
  return needed.find(([request]) => request.test(route))?.[1];
}

const readSet = (set: string) =>
  Array.from(
    set.matchAll(/([a-z_]+)=(read|write|admin)/g),
    ([, name, level]) => `${name?.replaceAll('_', '-')}: ${level}`,
  ).join(' and ');
