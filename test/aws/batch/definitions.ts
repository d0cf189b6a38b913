import type {
  ContainerProperties,
  DeregisterJobDefinitionRequest,
  DescribeJobDefinitionsRequest,
  DescribeJobDefinitionsResponse,
  JobDefinition,
  RegisterJobDefinitionRequest,
  RegisterJobDefinitionResponse,
} from '@aws-sdk/client-batch';
import { checkRegistration } from './check-definition.ts';
import { page } from './pages.ts';
import { clientException } from './refusal.ts';
import { shownStrategy } from './retry.ts';
import { arn, type World } from './world.ts';

export interface Definition {
  readonly name: string;
  readonly revision: number;
  readonly arn: string;
  readonly request: RegisterJobDefinitionRequest;
  readonly container: ContainerProperties;
  readonly logGroup: string;
  active: boolean;
}

/** The registered revisions of all names. */
export class Definitions {
  readonly #world: World;
  readonly #byName = new Map<string, Definition[]>();

  constructor(world: World) {
    this.#world = world;
  }

  /** AB 2.11: not idempotent, every call makes a revision. */
  register(request: RegisterJobDefinitionRequest): RegisterJobDefinitionResponse {
    checkRegistration(request);
    const name = request.jobDefinitionName ?? '';
    const revisions = this.#byName.get(name) ?? [];
    const revision = revisions.length + 1;
    const container = withoutEmpty(request.containerProperties ?? {});
    const definition: Definition = {
      name,
      revision,
      arn: arn(this.#world, `job-definition/${name}:${revision}`),
      request,
      container,
      // AB 8: the default group, unless the definition names another.
      logGroup: container.logConfiguration?.options?.['awslogs-group'] ?? '/aws/batch/job',
      active: true,
    };
    this.#byName.set(name, [...revisions, definition]);
    return { jobDefinitionName: name, jobDefinitionArn: definition.arn, revision };
  }

  deregister({ jobDefinition = '' }: DeregisterJobDefinitionRequest): Record<string, never> {
    const found = this.#exact(jobDefinition);
    if (found === undefined) throw clientException(`${jobDefinition} does not exist`);
    found.active = false;
    return {};
  }

  /** AB 2.6: a bare name means the latest ACTIVE revision; one that is not ACTIVE takes no jobs. */
  forSubmission(reference: string): Definition {
    const found = this.#exact(reference) ?? this.#latest(reference);
    if (found === undefined) throw clientException(`JobDefinition ${reference} does not exist.`);
    if (!found.active) throw clientException(`JobDefinition ${reference} is not ACTIVE.`);
    return found;
  }

  describe(request: DescribeJobDefinitionsRequest): DescribeJobDefinitionsResponse {
    const { jobDefinitions, jobDefinitionName, status, maxResults = 100, nextToken } = request;
    if (jobDefinitions !== undefined) {
      // AB 4.1: cannot be combined with the other inputs.
      if (jobDefinitionName !== undefined || status !== undefined || nextToken !== undefined)
        throw clientException('jobDefinitions cannot be specified with other parameters');
      if (jobDefinitions.length > 100) throw clientException('At most 100 job definitions can be described');
      // AB 4.1: unknown ones are missing from the answer.
      const found = jobDefinitions.map((reference) => this.#exact(reference));
      return { jobDefinitions: found.filter((one) => one !== undefined).map(shown) };
    }
    if (maxResults < 1 || maxResults > 100) throw clientException('maxResults must be between 1 and 100');
    const all = [...this.#byName.values()].flatMap((revisions) => revisions.toReversed());
    const named =
      jobDefinitionName === undefined
        ? all
        : (this.#byName.get(shortName(jobDefinitionName)) ?? []).toReversed();
    const wanted = named.filter(({ active }) => status === undefined || (status === 'ACTIVE') === active);
    const { items, next } = page(this.#world, wanted, maxResults, nextToken);
    return { jobDefinitions: items.map(shown), ...(next === undefined ? {} : { nextToken: next }) };
  }

  #exact(reference: string): Definition | undefined {
    const [name = '', revision] = shortName(reference).split(':');
    return revision === undefined ? undefined : this.#byName.get(name)?.[Number(revision) - 1];
  }

  #latest(reference: string): Definition | undefined {
    const revisions = this.#byName.get(shortName(reference));
    return revisions?.findLast(({ active }) => active) ?? revisions?.at(-1);
  }
}

/** Seen in moto and in Terraform's provider: Batch drops variables without a value. */
function withoutEmpty(container: ContainerProperties): ContainerProperties {
  const { environment } = container;
  if (environment === undefined) return container;
  return {
    ...container,
    environment: environment.filter(({ value }) => value !== undefined && value !== ''),
  };
}

/** `name:revision` of an ARN. */
function shortName(reference: string): string {
  return reference.startsWith('arn:') ? reference.slice(reference.indexOf('/') + 1) : reference;
}

function shown({ name, revision, arn, active, request, container }: Definition): JobDefinition {
  return {
    jobDefinitionName: name,
    jobDefinitionArn: arn,
    revision,
    status: active ? 'ACTIVE' : 'INACTIVE',
    type: request.type ?? 'container',
    parameters: request.parameters ?? {},
    containerProperties: {
      command: [],
      environment: [],
      volumes: [],
      mountPoints: [],
      ulimits: [],
      secrets: [],
      resourceRequirements: [],
      ...container,
    },
    ...(request.retryStrategy === undefined ? {} : { retryStrategy: shownStrategy(request.retryStrategy) }),
    ...(request.timeout === undefined ? {} : { timeout: request.timeout }),
    tags: request.tags ?? {},
    propagateTags: request.propagateTags ?? false,
    platformCapabilities: request.platformCapabilities ?? ['EC2'],
    containerOrchestrationType: 'ECS',
  };
}
