import type {
  ConsumableResourceProperties,
  CreateConsumableResourceRequest,
  CreateConsumableResourceResponse,
  DeleteConsumableResourceRequest,
  DescribeConsumableResourceRequest,
  DescribeConsumableResourceResponse,
  ListConsumableResourcesRequest,
  ListConsumableResourcesResponse,
  UpdateConsumableResourceRequest,
  UpdateConsumableResourceResponse,
} from '@aws-sdk/client-batch';
import { checkName, checkTags } from './check-pattern.ts';
import type { Job } from './job.ts';
import { place } from './life.ts';
import { page } from './pages.ts';
import { clientException } from './refusal.ts';
import { arn, type World } from './world.ts';

/** AB 2.12: something scarce. A child that needs of it holds it from STARTING to its end. */
export interface Consumable {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly tags: Record<string, string>;
  total: number;
  held: number;
  /** Jobs that need it and have not ended. */
  readonly users: Set<Job>;
}

export interface Need {
  readonly consumable: Consumable;
  readonly quantity: number;
}

export class Consumables {
  readonly #world: World;
  readonly #byName = new Map<string, Consumable>();

  constructor(world: World) {
    this.#world = world;
  }

  create(request: CreateConsumableResourceRequest): CreateConsumableResourceResponse {
    const { consumableResourceName: name = '', totalQuantity: total, resourceType, tags = {} } = request;
    checkName('Consumable resource name', name);
    checkTags(tags);
    if (resourceType !== undefined && resourceType !== 'REPLENISHABLE')
      throw clientException('The reference Batch has only REPLENISHABLE consumable resources');
    const checked = checkQuantity(total);
    if (this.#byName.has(name)) throw clientException(`Consumable resource ${name} already exists`);
    const made = {
      ...{ name, arn: arn(this.#world, `consumable-resource/${name}`), tags },
      ...{ createdAt: this.#world.timeline.now(), total: checked, held: 0, users: new Set<Job>() },
    };
    this.#byName.set(name, made);
    return { consumableResourceName: name, consumableResourceArn: made.arn };
  }

  describe({ consumableResource }: DescribeConsumableResourceRequest): DescribeConsumableResourceResponse {
    const found = this.#existing(consumableResource);
    const { createdAt, tags, total, held } = found;
    return { ...shown(found), availableQuantity: Math.max(0, total - held), createdAt, tags };
  }

  /** What is held stays held, also where the quantity falls below it. */
  update(request: UpdateConsumableResourceRequest): UpdateConsumableResourceResponse {
    const found = this.#existing(request.consumableResource);
    const quantity = checkQuantity(request.quantity);
    const { operation = 'SET' } = request;
    if (!['SET', 'ADD', 'REMOVE'].includes(operation))
      throw clientException('operation must be SET, ADD or REMOVE');
    const changed = { SET: quantity, ADD: found.total + quantity, REMOVE: found.total - quantity };
    // One of the three, see above.
    found.total = checkQuantity(changed[operation as keyof typeof changed]);
    for (const { queue } of found.users) place(this.#world, queue);
    return {
      ...{ consumableResourceName: found.name, consumableResourceArn: found.arn },
      totalQuantity: found.total,
    };
  }

  delete({ consumableResource }: DeleteConsumableResourceRequest): Record<string, never> {
    const found = this.#existing(consumableResource);
    if (found.users.size > 0) throw clientException(`Consumable resource ${found.name} is in use`);
    this.#byName.delete(found.name);
    return {};
  }

  list(request: ListConsumableResourcesRequest): ListConsumableResourcesResponse {
    const { filters = [], maxResults = 100, nextToken } = request;
    if (maxResults < 1 || maxResults > 100) throw clientException('maxResults must be between 1 and 100');
    if (filters.some(({ name }) => name !== 'CONSUMABLE_RESOURCE_NAME'))
      throw clientException('Consumable resources are filtered by CONSUMABLE_RESOURCE_NAME');
    const wanted = [...this.#byName.values()].filter(({ name }) =>
      filters.every(({ values = [] }) => values.some((value) => isNamed(name, value))),
    );
    const { items, next } = page(this.#world, wanted, maxResults, nextToken);
    return { consumableResources: items.map(shown), ...(next === undefined ? {} : { nextToken: next }) };
  }

  /** What one child of a job needs. Those of the submission replace the definition's. */
  needs(properties: ConsumableResourceProperties | undefined): readonly Need[] {
    const { consumableResourceList: list = [] } = properties ?? {};
    if (list.length > 5) throw clientException('A job can need at most 5 consumable resources');
    return list.map(({ consumableResource, quantity }) => ({
      consumable: this.#existing(consumableResource),
      quantity: checkQuantity(quantity),
    }));
  }

  #existing(reference = ''): Consumable {
    const name = reference.startsWith('arn:') ? reference.slice(reference.indexOf('/') + 1) : reference;
    const found = this.#byName.get(name);
    if (found === undefined) throw clientException(`Consumable resource ${reference} does not exist`);
    return found;
  }
}

function shown({ name, arn, total, held }: Consumable) {
  return {
    ...{ consumableResourceName: name, consumableResourceArn: arn },
    ...{ totalQuantity: total, inUseQuantity: held, resourceType: 'REPLENISHABLE' },
  };
}

function isNamed(name: string, wanted: string): boolean {
  const [mine, theirs] = [name.toLowerCase(), wanted.toLowerCase()];
  return theirs.endsWith('*') ? mine.startsWith(theirs.slice(0, -1)) : mine === theirs;
}

function checkQuantity(quantity: number | undefined): number {
  if (quantity === undefined || !Number.isInteger(quantity) || quantity < 0)
    throw clientException('A quantity is a whole number of at least 0');
  return quantity;
}
