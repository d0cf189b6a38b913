import { folderBytes } from './found-files.ts';
import { treeMemoryBytes } from './proc.ts';

/** Milliseconds: a short program is seen at least once, a long one five times a second. */
const firstSamples = [5, 20, 60, 120];
const sampleEvery = 200;

/** Watches the memory of a process and its descendants until the process is gone. */
export function watchMemory(pid: number): { peak(): number | null } {
  let peak: number | null = null;
  let taken = 0;
  const next = () => setTimeout(sample, firstSamples[taken] ?? sampleEvery).unref();
  const sample = () => {
    taken += 1;
    const bytes = treeMemoryBytes(pid);
    // Null: it has ended, or this system cannot say. Both end the watch.
    if (bytes === null) return;
    peak = Math.max(peak ?? 0, bytes);
    timer = next();
  };
  let timer = next();
  return {
    peak: () => {
      clearTimeout(timer);
      return peak;
    },
  };
}

/** Milliseconds between looks at a folder; a look that takes long is followed by a longer pause. */
const diskEvery = 500;

/** Calls `exceeded` once when a folder holds more than it may. */
export function watchDisk(
  quota: { readonly folder: string; readonly bytes: number },
  exceeded: () => void,
): { stop(): void } {
  const look = () => {
    const before = performance.now();
    if (folderBytes(quota.folder) > quota.bytes) {
      exceeded();
      return;
    }
    timer = setTimeout(look, Math.max(diskEvery, 20 * (performance.now() - before)));
  };
  let timer = setTimeout(look, diskEvery);
  return { stop: () => clearTimeout(timer) };
}
