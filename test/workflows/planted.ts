import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Repository } from '../../scripts/lint-workflows/repository.ts';
import { readRepository } from '../../scripts/lint-workflows/repository.ts';
import { readWorkflow } from '../../scripts/lint-workflows/workflow.ts';

export const root = resolve(import.meta.dirname, '../..');

const repository = readRepository(root);

/** This repository as if every action had been bundled: bundles have tests of their own. */
export const bundledRepository: Repository = {
  ...repository,
  actions: new Map([...repository.actions].map(([name, action]) => [name, { ...action, hasMain: true }])),
};

/** One fault: the first `from` of a file becomes `to`. */
export interface Fault {
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
}

export const workflow = (name: string) => `.github/workflows/${name}.yml`;

/** The same repository with one workflow that has the fault. */
export function withFault({ file, from, to }: Fault): Repository {
  const planted = readWorkflow(file, plant(readFileSync(join(root, file), 'utf8'), from, to));
  const workflows = bundledRepository.workflows.map((one) => (one.path === file ? planted : one));
  return { ...bundledRepository, workflows };
}

/** A fault that is not planted would prove nothing. */
function plant(text: string, from: Fault['from'], to: string): string {
  const planted = text.replace(from, () => to);
  if (planted === text) throw new Error(`there is no ${from} to replace`);
  return planted;
}

/** A copy of what the linters read, on disk, with faults. */
export class Copy implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'muster-workflows-'));

  constructor(...faults: readonly Fault[]) {
    cpSync(join(root, '.github'), join(this.root, '.github'), { recursive: true });
    for (const name of repository.actions.keys()) {
      const file = `${name}/action.yml`;
      this.write(file, readFileSync(join(root, file), 'utf8'));
    }
    for (const { file, from, to } of faults) this.write(file, plant(this.read(file), from, to));
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), 'utf8');
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
