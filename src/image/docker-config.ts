import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dockerConfigFolder, readDockerConfig } from './credentials.ts';

export interface OwnDockerConfig {
  readonly folder: string;
  /** Credentials of this registry go into this folder, not into the user's keychain. */
  keepHere(registry: string): void;
  remove(): void;
}

/** Of the user's folder: what plugins and contexts Docker has. Builders are left out. */
const shared = ['cli-plugins', 'contexts', 'features.json', 'trust'];

/**
 * A copy of the user's Docker configuration that only this user can read, so that a token which is logged in with is
 * gone at the end and never in the user's own files. What the user has logged in to still works.
 */
export function makeDockerConfig(): OwnDockerConfig {
  const theirs = resolve(dockerConfigFolder());
  // Made with mode 0700.
  const folder = mkdtempSync(join(tmpdir(), 'muster-docker-'));
  const forget = atEveryEnd(() => rmSync(folder, { recursive: true, force: true }));
  const remove = () => {
    forget();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const own = readDockerConfig(theirs);
    for (const name of shared) {
      if (existsSync(join(theirs, name))) symlinkSync(join(theirs, name), join(folder, name));
    }
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify(own), { mode: 0o600 });
    return {
      folder,
      keepHere(registry) {
        const now = readDockerConfig(folder);
        // An empty helper is Docker's word for the file itself, whatever `credsStore` says.
        const changed = { ...now, credHelpers: { ...now.credHelpers, [registry]: '' } };
        writeFileSync(file, JSON.stringify(changed));
      },
      remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Does it also when a signal ends the process, unless somebody else listens, who will end it in order. */
function atEveryEnd(clean: () => void): () => void {
  const stop = (signal: NodeJS.Signals) => {
    // `once` has taken this listener off already.
    if (process.listenerCount(signal) > 0) return;
    forget();
    clean();
    process.kill(process.pid, signal);
  };
  const forget = () => {
    process.off('exit', clean);
    for (const signal of signals) process.off(signal, stop);
  };
  process.once('exit', clean);
  for (const signal of signals) process.once(signal, stop);
  return forget;
}
