import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { askDocker } from '../../src/engine/local/container/docker.ts';
import { Place } from '../cli/place.ts';
import { containersOf, until, whyNoContainers, writeImageFolder } from './container-machine.ts';

const why = await whyNoContainers();
if (why !== undefined) console.warn(why);

/** A grid of 8 whose program fails anywhere but in a container; every combination takes a while. */
const grid = (image: string) => `name: toy
program:
  image: ${image}
  command: [toy, "{n}"]
  outputs: [{ path: answer.txt, contains: [answer] }]
parameters: { n: [1, 2, 3, 4, 5, 6, 7, 8] }
slice: { combinations: 2 }
resources: { vcpus: 1, memory: 300 MiB }
timeout: 2 min
expected: 1 s
`;

const program = `#!/bin/sh
test -e /.dockerenv || { echo 'not in a container'; exit 9; }
sleep 1
echo "answer to $1" > answer.txt
`;

class ContainerPlace implements AsyncDisposable {
  readonly place = new Place();
  readonly image = `toy-${randomBytes(4).toString('hex')}`;

  constructor() {
    const folder = join(this.place.root, 'docker', this.image);
    writeImageFolder(folder);
    const toy = join(folder, 'root/bin/toy');
    writeFileSync(toy, program, { mode: 0o755 });
    this.place.write('grids/toy.yaml', grid(this.image));
  }

  async containers(): Promise<readonly string[]> {
    const jobs = join(this.place.root, '.muster/engine/jobs');
    const ids = existsSync(jobs) ? readdirSync(jobs) : [];
    return (await Promise.all(ids.map(containersOf))).flat();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.place[Symbol.dispose]();
    const listed = await askDocker('docker', ['images', '--quiet', `muster-local/${this.image}`]);
    if (listed.stdout !== '') await askDocker('docker', ['rmi', '--force', listed.stdout]);
  }
}

describe.skipIf(why !== undefined)('muster run --containers', () => {
  test('runs a grid in containers to its review, and leaves none', async () => {
    await using at = new ContainerPlace();
    const { code, stdout, stderr } = await at.place.muster('run', 'grids/toy.yaml', '--containers');
    expect(stderr).toContain(`building the image ${at.image}`);
    expect(stdout).toContain('8 of 8 succeeded');
    expect(code).toBe(0);
    expect(await at.containers()).toEqual([]);
  });

  test('killed with -9, leaves no container, and the same command goes on where it was', async () => {
    await using at = new ContainerPlace();
    const { child, ended } = at.place.start('run', 'grids/toy.yaml', '--containers');
    await until(() => answers(at.place).length > 0);
    await until(async () => (await at.containers()).length > 0);
    const before = answers(at.place);
    child.kill('SIGKILL');
    await ended;
    await until(async () => (await at.containers()).length === 0);
    const { code, stdout } = await at.place.muster('run', 'grids/toy.yaml', '--containers');
    expect(stdout).toContain('8 of 8 succeeded');
    expect(code).toBe(0);
    const again = answers(at.place).filter((label) => before.includes(label));
    expect(again.sort()).toEqual([...before].sort());
    expect(await at.containers()).toEqual([]);
  });

  test('stopped with Ctrl-C, leaves no container and says how to go on in containers', async () => {
    await using at = new ContainerPlace();
    const { child, ended } = at.place.start('run', 'grids/toy.yaml', '--containers');
    await until(async () => (await at.containers()).length > 0);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/watch toy-\w+ --follow --containers/);
    expect(await at.containers()).toEqual([]);
  });

  test("with an image that cannot be built, ends with 2 and the builder's words, and launches nothing", async () => {
    await using at = new ContainerPlace();
    at.place.write(`docker/${at.image}/Dockerfile`, 'FROM scratch\nCOPY no-such-file /\n');
    const { code, stderr } = await at.place.muster('run', 'grids/toy.yaml', '--containers');
    expect(code).toBe(2);
    expect(stderr).toContain('no-such-file');
    expect(at.place.files('.muster/store/runs')).toEqual([]);
  });
});

/** Label of every answer in the store; twice where a combination was executed twice. */
function answers(place: Place): readonly string[] {
  return place
    .files('.muster/store/runs')
    .flatMap((path) => /outputs\/([^/]+)\/.*answer.txt$/.exec(path)?.[1] ?? []);
}
