import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadGrid } from '../../src/grid/load.ts';
import { identifyImage } from '../../src/image/identity.ts';
import type { RunDeps } from '../../src/run/deps.ts';
import { type LaunchRequest, launch } from '../../src/run/launch.ts';
import { type PlanRequest, prepare } from '../../src/run/prepare.ts';
import { MemoryForge } from './memory-forge.ts';
import { MemoryStore } from './memory-store.ts';
import { openScene, type Scene } from './scene.ts';

/** A repository in a temporary folder, and the world around it. */
export class GridPlace implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'muster-grid-'));
  readonly forge = new MemoryForge({ 'README.md': '# Lab\n' });
  readonly scene: Scene = openScene(this.root, this.forge, new MemoryStore());

  write(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  async prepare(path: string, options: Omit<PlanRequest, 'loaded' | 'identify'> = {}, root = this.root) {
    const loaded = loadGrid(path, { root });
    const identify = (image: string) => identifyImage(root, image);
    return { loaded, prepared: await prepare(this.scene.deps, { loaded, identify, ...options }) };
  }

  async launch(
    path: string,
    options: Omit<PlanRequest, 'loaded' | 'identify'> & Partial<LaunchRequest> = {},
    { deps = this.scene.deps, root = this.root }: { deps?: RunDeps; root?: string } = {},
  ) {
    const { loaded, prepared } = await this.prepare(path, options, root);
    return launch(deps, { loaded, prepared, root, commit: null, alongside: false, ...options });
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Six points of a program in a folder image. */
export const smallGrid = (changes: { readonly name?: string; readonly more?: string } = {}) => `
name: ${changes.name ?? 'small'}
program:
  image: tool
  command: [simulate, "{x}", "{y}"]
  files: [checks/check.sh]
  outputs: [{ path: out.txt }]
parameters:
  x: [1, 2, 3]
  y: [10, 20]
resources: { vcpus: 1, memory: 1 GiB }
timeout: 1h
expected: 10 min
${changes.more ?? ''}`;

export function writeSmall(place: GridPlace, changes: Parameters<typeof smallGrid>[0] = {}): void {
  place.write(`grids/${changes.name ?? 'small'}.yaml`, smallGrid(changes));
  place.write('grids/checks/check.sh', 'exit 0\n');
  place.write('docker/tool/Dockerfile', 'FROM scratch\n');
}
