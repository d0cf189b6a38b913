import {
  CreateConsumableResourceCommand,
  DeleteConsumableResourceCommand,
  DescribeConsumableResourceCommand,
  ListConsumableResourcesCommand,
  type SubmitJobRequest,
  UpdateConsumableResourceCommand,
} from '@aws-sdk/client-batch';
import { describe, expect, test } from 'vitest';
import { definition, Scene } from './scene.ts';

const consumableResource = 'places';

async function places(totalQuantity: number, options = {}): Promise<Scene> {
  const scene = new Scene(options);
  await scene.client.send(
    new CreateConsumableResourceCommand({ consumableResourceName: consumableResource, totalQuantity }),
  );
  return scene;
}

const needing = (quantity = 1): Partial<SubmitJobRequest> => ({
  consumableResourcePropertiesOverride: { consumableResourceList: [{ consumableResource, quantity }] },
});

const seen = ({ client }: Scene) =>
  client.send(new DescribeConsumableResourceCommand({ consumableResource }));

/** The first container that lives ends. */
function exit(scene: Scene, code = 0): void {
  scene.started.find(({ alive }) => alive)?.exit(code);
  scene.pass();
}

describe('a child that needs of a consumable resource', () => {
  test('waits RUNNABLE until there is enough of it', async () => {
    const scene = await places(2);
    const id = await scene.array(3, needing());
    scene.pass();
    expect(await scene.summary(id)).toEqual({ RUNNABLE: 1, RUNNING: 2 });
    exit(scene);
    expect(await scene.summary(id)).toEqual({ SUCCEEDED: 1, RUNNING: 2 });
  });

  test('holds it from STARTING on', async () => {
    const scene = await places(2, { lags: { starting: 60 } });
    const id = await scene.array(3, needing());
    scene.pass();
    expect(await scene.summary(id)).toEqual({ RUNNABLE: 1, STARTING: 2 });
    expect(await seen(scene)).toMatchObject({ totalQuantity: 2, inUseQuantity: 2, availableQuantity: 0 });
  });

  test('keeps it for its next attempt', async () => {
    const scene = await places(1);
    const id = await scene.array(2, { ...needing(), retryStrategy: { attempts: 2 } });
    scene.pass();
    exit(scene, 1);
    expect(scene.latest).toMatchObject({ jobId: `${id}:0`, attempt: 2 });
    expect(await seen(scene)).toMatchObject({ inUseQuantity: 1 });
  });

  test('gives it back when it is terminated before its container starts', async () => {
    const scene = await places(1, { lags: { starting: 60 } });
    const id = await scene.submit(needing());
    scene.pass();
    await scene.terminate(id);
    scene.pass();
    expect(await seen(scene)).toMatchObject({ inUseQuantity: 0, availableQuantity: 1 });
  });

  test('takes nothing when it is terminated while it waits', async () => {
    const scene = await places(1);
    const [first, second] = [await scene.submit(needing()), await scene.submit(needing())];
    scene.pass();
    await scene.terminate(second);
    scene.pass();
    expect(await scene.status(first)).toBe('RUNNING');
    expect(await seen(scene)).toMatchObject({ inUseQuantity: 1 });
  });

  test('shares it with the children of other queues', async () => {
    const scene = await places(1, { queues: [{ name: 'queue' }, { name: 'other' }] });
    await scene.submit(needing());
    const second = await scene.submit({ ...needing(), jobQueue: 'other' });
    scene.pass();
    expect(await scene.status(second)).toBe('RUNNABLE');
    exit(scene);
    expect(await scene.status(second)).toBe('RUNNING');
  });

  test('needs what its definition says, unless the submission says otherwise', async () => {
    const scene = await places(2);
    const { consumableResourcePropertiesOverride } = needing(2);
    await scene.register({
      ...definition(),
      consumableResourceProperties: consumableResourcePropertiesOverride,
    });
    const jobs = [await scene.submit({ jobDefinition: 'demo:2' }), await scene.submit(needing())];
    const shown = (await scene.describe(...jobs)).map((job) => job.consumableResourceProperties);
    expect(shown).toEqual([
      { consumableResourceList: [{ consumableResource, quantity: 2 }] },
      { consumableResourceList: [{ consumableResource, quantity: 1 }] },
    ]);
  });
});

describe('a consumable resource', () => {
  test('cannot be made twice', async () => {
    await expect(
      (await places(1)).client.send(
        new CreateConsumableResourceCommand({ consumableResourceName: consumableResource, totalQuantity: 1 }),
      ),
    ).rejects.toMatchObject({ name: 'ClientException' });
  });

  test('lets waiting children start when it grows', async () => {
    const scene = await places(1);
    const id = await scene.array(3, needing());
    scene.pass();
    const change = { consumableResource, operation: 'SET', quantity: 2 };
    await scene.client.send(new UpdateConsumableResourceCommand(change));
    scene.pass();
    expect(await scene.summary(id)).toEqual({ RUNNABLE: 1, RUNNING: 2 });
  });

  test('has nothing to give when it shrinks below what is held', async () => {
    const scene = await places(2);
    await scene.array(2, needing());
    scene.pass();
    const change = { consumableResource, operation: 'REMOVE', quantity: 1 };
    await scene.client.send(new UpdateConsumableResourceCommand(change));
    expect(await seen(scene)).toMatchObject({ totalQuantity: 1, inUseQuantity: 2, availableQuantity: 0 });
  });

  test('can be deleted once no job needs it any more', async () => {
    const scene = await places(1);
    await scene.submit(needing());
    scene.pass();
    const remove = () => scene.client.send(new DeleteConsumableResourceCommand({ consumableResource }));
    await expect(remove()).rejects.toMatchObject({ name: 'ClientException' });
    exit(scene);
    await remove();
    await expect(seen(scene)).rejects.toMatchObject({ name: 'ClientException' });
  });

  test('is listed by the beginning of its name', async () => {
    const scene = await places(4);
    const listed = async (value: string) => {
      const filters = [{ name: 'CONSUMABLE_RESOURCE_NAME', values: [value] }];
      const found = await scene.client.send(new ListConsumableResourcesCommand({ filters }));
      return found.consumableResources?.map(({ consumableResourceName }) => consumableResourceName);
    };
    expect([await listed('PLA*'), await listed('pla'), await listed('other*')]).toEqual([['places'], [], []]);
  });
});

test.each([
  ['is unknown', [{ consumableResource: 'unknown', quantity: 1 }]],
  ['is asked for by halves', [{ consumableResource, quantity: 0.5 }]],
  ['is one of six', Array.from({ length: 6 }, () => ({ consumableResource, quantity: 1 }))],
])('a submission is refused when its resource %s', async (_, consumableResourceList) => {
  const scene = await places(1);
  const refused = scene.submit({ consumableResourcePropertiesOverride: { consumableResourceList } });
  await expect(refused).rejects.toMatchObject({ name: 'ClientException' });
});
