import { execFileSync } from 'node:child_process';
import type { GithubAccess } from './ask-github.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where and as whom GitHub is asked, or why nobody asks it. */
export function accessOf(root: string, environment: Environment): GithubAccess | string {
  const token = environment.GITHUB_TOKEN || environment.GH_TOKEN || undefined;
  if (token === undefined) return 'no token is set (GITHUB_TOKEN or GH_TOKEN; `gh auth token` prints one)';
  const server = environment.GITHUB_SERVER_URL || 'https://github.com';
  const named = environment.GITHUB_REPOSITORY;
  const repository = named ? repositoryIn(named) : onServer(remoteOf(root), new URL(server).hostname);
  if (typeof repository === 'string') return repository;
  const api = environment.GITHUB_API_URL || undefined;
  return { token, server, ...repository, ...(api !== undefined && { api }) };
}

interface Repository {
  readonly owner: string;
  readonly name: string;
}

function repositoryIn(named: string): Repository | string {
  const [, owner, name] = /^([\w.-]+)\/([\w.-]+)$/.exec(named) ?? [];
  if (owner === undefined || name === undefined) return `GITHUB_REPOSITORY is ${named}, not owner/name`;
  return { owner, name };
}

/** The token is for this server, and names of repositories say nothing of where they are. */
function onServer(remote: string | undefined, server: string): Repository | string {
  if (remote === undefined) return 'the folder has no remote `origin`';
  const told = readRemote(remote);
  // `ssh.github.com` is GitHub's, for networks that let nothing but port 443 through.
  if (told !== undefined && (told.host === server || told.host === `ssh.${server}`)) {
    return { owner: told.owner, name: told.name };
  }
  const where = told === undefined ? 'no repository on a server' : `on ${told.host}`;
  return `the remote \`origin\` is ${where}, not on ${server}; GITHUB_REPOSITORY=owner/name says which repository it is`;
}

/** `git@host:owner/name.git`, `ssh://git@host:22/owner/name`, `https://host/owner/name.git`. */
export function readRemote(url: string): (Repository & { readonly host: string }) | undefined {
  const [, host, owner, name] =
    /^(?:[a-z+]+:\/\/)?(?:[^@/]*@)?([a-z\d][\w.-]*)(?::\d+\/|[:/])\/?([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/i.exec(
      url,
    ) ?? [];
  if (host === undefined || owner === undefined || name === undefined) return undefined;
  return { host: host.toLowerCase(), owner, name };
}

function remoteOf(root: string): string | undefined {
  try {
    const url = execFileSync('git', ['-C', root, 'remote', 'get-url', 'origin'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return url.toString().trim();
  } catch {
    return undefined;
  }
}
