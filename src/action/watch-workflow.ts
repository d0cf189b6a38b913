import { ConfigurationError } from '../errors.ts';
import type { Github } from '../forge/github/connection.ts';
import { workflowState } from '../forge/github/workflows.ts';

/** Nothing is started that nobody would stop at its budget (design, section 9). */
export async function requireWatch(github: Github, file: string): Promise<void> {
  const state = await workflowState(github, file);
  if (state === 'active') return;
  const seen =
    state === 'missing'
      ? 'the default branch has no such workflow, or the token may not see it (`actions: read`)'
      : `its state is ${state}`;
  throw new ConfigurationError({
    file: `.github/workflows/${file}`,
    message: `nothing was launched: this workflow watches runs and stops them at their budget, and ${seen}`,
    fix:
      state === 'missing'
        ? 'Push it to the default branch, or name another with `watch-workflow`.'
        : `Switch it on: gh workflow enable ${file} --repo ${github.repository}. GitHub switches schedules off after 60 quiet days.`,
  });
}
