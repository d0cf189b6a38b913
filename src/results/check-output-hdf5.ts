import type { Entity, File, Group } from 'h5wasm/node';

/**
 * HDF5 by the real library (libhdf5 compiled to WebAssembly). It opens the file where it lies: nothing is read into
 * memory but what is asked for. Loaded at first use, because compiling it takes about 70 ms.
 */
type Library = typeof import('h5wasm/node').default;

let library: Promise<Library> | undefined;

async function loadLibrary(): Promise<Library> {
  const loaded = await import('h5wasm/node');
  const module = await loaded.ready;
  // Otherwise the library prints its error stack on the worker's own output and returns an invalid handle.
  module.activate_throwing_error_handler();
  return loaded.default;
}

/** What the file lacks, in words; empty when it opens as a whole and holds every group or dataset of `contains`. */
export async function checkHdf5(path: string, contains: readonly string[]): Promise<readonly string[]> {
  try {
    return await withHdf5(path, (file) => {
      // Reaches every object's header: a file whose writer died before it closed opens but cannot be walked.
      file.paths();
      return contains
        .filter((name) => !holds(file, name))
        .map((name) => `holds no group or dataset ${JSON.stringify(name)}`);
    });
  } catch (error) {
    return [`is not a whole HDF5 file: ${reasonOf(error)}`];
  }
}

/** Rows of a dataset, or of the first dataset in a group; `undefined` when there is none of that name. */
export async function rowsInHdf5(path: string, name: string): Promise<number | undefined> {
  return await withHdf5(path, (file) => {
    if (!holds(file, name)) return undefined;
    const found = file.get(name);
    const dataset = isGroup(found) ? firstDataset(found) : found;
    return dataset !== null && 'shape' in dataset ? (dataset.shape?.[0] ?? 1) : undefined;
  });
}

async function withHdf5<T>(path: string, use: (file: File) => T): Promise<T> {
  library ??= loadLibrary();
  const { File } = await library;
  const file = new File(path, 'r');
  try {
    return use(file);
  } finally {
    file.close();
  }
}

/** The library answers -1 or throws for what is not there, depending on how deep the first absent part is. */
function holds(file: File, name: string): boolean {
  try {
    return file.get_type(name) >= 0;
  } catch {
    return false;
  }
}

function isGroup(entity: Entity | null): entity is Group {
  return entity !== null && 'keys' in entity;
}

function firstDataset(group: Group): Entity | null {
  for (const key of group.keys()) {
    const entity = group.get(key);
    if (entity !== null && 'shape' in entity) return entity;
  }
  return null;
}

/** libhdf5's stack ends with the innermost cause: `... in H5F__super_read(): truncated file: eof = ...`. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const frames = [...text.matchAll(/ in [A-Za-z0-9_]+\(\): (.+)$/gm)].map((match) => match[1]);
  return frames.at(-1) ?? text.split('\n', 1)[0] ?? 'unknown error';
}
