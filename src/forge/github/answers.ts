import { z } from 'zod';

/** What is relied on of GitHub's answers, as its OpenAPI description has it; the rest is dropped. */

export const anything = z.unknown();

export const repositoryAnswer = z.object({ default_branch: z.string() });
export const refAnswer = z.object({ object: z.object({ sha: z.string() }) });
export const commitAnswer = z.object({ sha: z.string(), tree: z.object({ sha: z.string() }) });
export const shaAnswer = z.object({ sha: z.string() });

export const treeAnswer = z.object({
  sha: z.string(),
  tree: z.array(z.object({ path: z.string(), type: z.string(), sha: z.string() })),
  truncated: z.boolean(),
});
export type TreeEntry = z.output<typeof treeAnswer>['tree'][number];

/** A folder is a list; links and submodules have types of their own. */
export const contentAnswer = z.union([
  z.array(anything),
  z.object({
    type: z.string(),
    sha: z.string(),
    encoding: z.string().optional(),
    content: z.string().optional(),
  }),
]);
export const blobAnswer = z.object({ content: z.string(), encoding: z.literal('base64') });

export const pullAnswer = z.object({
  number: z.number(),
  node_id: z.string(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullable(),
  draft: z.boolean().default(false),
  title: z.string(),
  body: z.string().nullable(),
  labels: z.array(z.object({ name: z.string() })),
  // The repository of a fork may be gone.
  head: z.object({ ref: z.string(), sha: z.string(), repo: z.object({ full_name: z.string() }).nullable() }),
  base: z.object({ ref: z.string(), sha: z.string() }),
});
export type Pull = z.output<typeof pullAnswer>;

export const commentsAnswer = z.array(
  z.object({
    id: z.number(),
    body: z.string().default(''),
    user: z.object({ login: z.string(), type: z.string() }).nullable(),
  }),
);

export const statusesAnswer = z.object({
  statuses: z.array(
    z.object({
      context: z.string(),
      state: z.string(),
      description: z.string().nullable(),
      target_url: z.string().nullable(),
    }),
  ),
});
