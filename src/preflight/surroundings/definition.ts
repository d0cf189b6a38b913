import { definitionContent } from '../../engine/aws-batch/definition-content.ts';
import type { BatchSettings } from '../../engine/aws-batch/settings.ts';
import { submitInput } from '../../engine/aws-batch/submit-input.ts';
import type { JobRequest } from '../../engine/engine.ts';

/** The job that one resource class of a grid would be submitted as. */
export interface PlannedJob {
  /** Path of the grid. */
  readonly grid: string;
  readonly class: number;
  readonly request: JobRequest;
}

/** What of a submission has limits (AB 2.1, 2.6, 2.9). Sizes are those of the very requests that a launch makes. */
export interface DefinitionFacts {
  readonly grid: string;
  readonly class: number;
  readonly attempts: number;
  /** Entries of `evaluateOnExit`, and what its last one does; absent: there is none. */
  readonly rules: number;
  readonly lastAction?: string;
  /** Absent: an attempt may run for ever. */
  readonly timeoutSeconds?: number;
  /** Characters of the serialised overrides. */
  readonly overrides: number;
  /** The variable that takes most of them. */
  readonly longestVariable?: string;
  /** Bytes of the whole SubmitJob. */
  readonly payload: number;
  /** Bytes of the job definition. */
  readonly definition: number;
}

/** An image that nobody has pushed is found elsewhere; it counts as long as any. */
const unpushed = `${'0'.repeat(12)}.dkr.ecr.us-east-1.amazonaws.com/unpushed@sha256:${'0'.repeat(64)}`;

/** As the ARN that the service will give. */
const revision = (region: string, name: string | undefined) =>
  `arn:aws:batch:${region}:${'0'.repeat(12)}:job-definition/${name ?? ''}:10000`;

/** Pure: makes the requests and sends none of them. */
export function definitionFacts(
  settings: Pick<BatchSettings, 'region' | 'queues' | 'logGroup' | 'roles' | 'environment'>,
  { grid, class: number, request }: PlannedJob,
): DefinitionFacts {
  const image = { ...request.image, reference: request.image.reference ?? unpushed };
  const content = definitionContent(settings, { ...request, image });
  const definition = revision(settings.region, content.jobDefinitionName);
  // A queue with a scheduling policy asks for the longer form.
  const submission = submitInput({ ...request, image }, { definition, shared: true });
  const rules = submission.retryStrategy?.evaluateOnExit ?? [];
  const [longest] = Object.entries(request.environment).sort(([, a], [, b]) => b.length - a.length);
  const lastAction = rules.at(-1)?.action;
  const timeoutSeconds = submission.timeout?.attemptDurationSeconds;
  return {
    ...{ grid, class: number, rules: rules.length },
    attempts: submission.retryStrategy?.attempts ?? 1,
    ...(lastAction !== undefined && { lastAction }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    overrides: JSON.stringify(submission.containerOverrides).length,
    ...(longest !== undefined && { longestVariable: longest[0] }),
    payload: Buffer.byteLength(JSON.stringify(submission)),
    definition: Buffer.byteLength(JSON.stringify(content)),
  };
}
