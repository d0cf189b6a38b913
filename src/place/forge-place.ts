import { join } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import type { Forge } from '../forge/forge.ts';
import type { ReadConfiguration } from '../run/configuration.ts';

/** The value of `repository` in a `muster.yaml` that names none. */
const unnamed = 'local/grids';

/** Each is loaded only where it is used. A token is missed when GitHub is asked, so that a plan needs none. */
export async function openForge(
  root: string,
  { configuration: { forge, repository }, place }: ReadConfiguration,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Forge> {
  if (forge === 'local') {
    const { openLocalForge } = await import('../forge/local.ts');
    return openLocalForge({ root, forgeDir: join(root, '.muster', 'forge'), repository });
  }
  const { openGithubForge } = await import('../forge/github.ts');
  const { GITHUB_API_URL: apiUrl, GITHUB_SERVER_URL: serverUrl } = env;
  const name = repository === unnamed ? env.GITHUB_REPOSITORY : repository;
  if (name === undefined) {
    throw new ConfigurationError({
      ...place('forge'),
      message: '`forge: github` needs a repository, and muster.yaml names none',
      fix: 'Write `repository: owner/name`.',
    });
  }
  return openGithubForge({
    repository: name,
    token: () => {
      const token = env.GITHUB_TOKEN || env.GH_TOKEN;
      if (token) return token;
      throw new ConfigurationError({
        ...place('forge'),
        message: `\`forge: github\` needs a token for ${name}, and GITHUB_TOKEN and GH_TOKEN are not set`,
        fix: 'Log in and pass it on: GH_TOKEN=$(gh auth token) muster ...; in a workflow, set GITHUB_TOKEN to github.token. Or write `forge: local`.',
      });
    },
    ...(apiUrl !== undefined && apiUrl !== '' && { apiUrl }),
    ...(serverUrl !== undefined && serverUrl !== '' && { serverUrl }),
    say: (line) => void process.stderr.write(`${line}\n`),
  });
}
