import { anything, type Pull } from './answers.ts';
import type { Github } from './connection.ts';

/** Stands for "draft" where GitHub has none: private repositories on free plans (GH 6.4). */
export const runningLabel = {
  name: 'muster: running',
  color: 'fbca04',
  description: 'This ensemble has not ended',
} as const;

export const stageOf = ({ draft, labels }: Pull): 'draft' | 'ready' =>
  draft || labels.some(({ name }) => name === runningLabel.name) ? 'draft' : 'ready';

export async function setStage(github: Github, pull: Pull, stage: 'draft' | 'ready'): Promise<void> {
  if (stageOf(pull) === stage) return;
  if (stage === 'ready') return makeReady(github, pull);
  const answer = await github.mutate(`make #${pull.number} a draft`, toDraft, { id: pull.node_id });
  if (answer.done) return;
  // Neither a missing right nor a missing pull request: what is missing are drafts.
  if (answer.types.length === 0 || answer.types.some((type) => lasting.has(type))) throw answer.error;
  await addRunningLabel(github, pull.number);
}

const lasting: ReadonlySet<string> = new Set([
  'FORBIDDEN',
  'INSUFFICIENT_SCOPES',
  'NOT_FOUND',
  'RATE_LIMITED',
]);

async function makeReady(github: Github, pull: Pull): Promise<void> {
  if (pull.draft) {
    const answer = await github.mutate(`make #${pull.number} ready`, toReady, { id: pull.node_id });
    if (!answer.done) throw answer.error;
  }
  if (!pull.labels.some(({ name }) => name === runningLabel.name)) return;
  await github.tryAsk(
    {
      doing: `take a label from #${pull.number}`,
      route: 'DELETE /repos/{owner}/{repo}/issues/{number}/labels/{name}',
      parameters: { number: pull.number, name: runningLabel.name },
      answer: anything,
    },
    [404],
  );
}

/** Made first, so that it has its colour; where that is refused, adding it makes a grey one. */
export async function addRunningLabel(github: Github, number: number): Promise<void> {
  await github.tryAsk(
    {
      doing: 'make a label',
      route: 'POST /repos/{owner}/{repo}/labels',
      parameters: runningLabel,
      answer: anything,
    },
    [403, 422],
  );
  await github.ask({
    doing: `label #${number}`,
    route: 'POST /repos/{owner}/{repo}/issues/{number}/labels',
    parameters: { number, labels: [runningLabel.name] },
    answer: anything,
  });
}

// REST can do neither.
const toReady =
  'mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { clientMutationId } }';
const toDraft =
  'mutation($id: ID!) { convertPullRequestToDraft(input: {pullRequestId: $id}) { clientMutationId } }';
