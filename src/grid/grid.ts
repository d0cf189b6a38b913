import type { Combination, Value } from './combination.ts';

/**
 * A grid as `run.json` keeps it: canonical, JSON-safe, defaults filled in, durations in seconds and sizes in MiB
 * wherever they are not placeholders. Shapes and parameters stay as written (they are expanded once, at launch).
 */
export interface Grid {
  readonly name: string;
  readonly description?: string;
  readonly program: Program;
  /** As written, literals with their text: the expansion's input and part of the run identity. */
  readonly shape: Value;
  readonly label?: string;
  readonly slice: {
    /** Combinations of one slice. */
    readonly combinations: number;
    /** `slice`: the program takes `{slice.start} {slice.end}` itself and is started once for a slice. */
    readonly per: 'combination' | 'slice';
  };
  readonly resources: ResourcesRequest;
  readonly retry: { readonly attempts: number; readonly onExit: readonly number[] };
  /** Of one combination: seconds, or text with placeholders. */
  readonly timeout: number | string;
  /** Expected duration of one combination: seconds, or text with placeholders; absent when not said. */
  readonly expected?: number | string;
  readonly failures: { readonly stopAfter: StopAfter };
  readonly budget?: { readonly usd: number };
  readonly keep: Keep;
  readonly launch: { readonly on: 'commit' | 'manual'; readonly pilot: number };
}

export type StopAfter =
  | { readonly kind: 'share'; readonly share: number }
  | { readonly kind: 'count'; readonly count: number };

export interface Keep {
  readonly outputsDays?: number;
  /** Globs of files kept (under `on-failure/`) when a combination fails. */
  readonly onFailure: readonly string[];
}

export interface Program {
  /** A folder of `docker/`, or a reference with a digest; may hold placeholders. */
  readonly image: string;
  /** Arguments; a nested list is one group, dropped whole when a placeholder in it is absent, null or false. */
  readonly command: readonly (string | readonly string[])[];
  readonly environment: Readonly<Record<string, string>>;
  /** Paths relative to the grid file's folder or the repository, copied into the work directory. */
  readonly files: readonly string[];
  readonly inputs: readonly Input[];
  readonly checkpoint?: Checkpoint;
  readonly outputs: readonly OutputRule[];
  readonly verify?: readonly (string | readonly string[])[];
  readonly results: Readonly<Record<string, ResultRule>>;
  /** True: the program sees the machine's cloud credentials. */
  readonly credentials: boolean;
}

export interface Input {
  /** `s3://bucket/key`, `file:///path`, a path in the repository; a final `/` means everything below. */
  readonly from: string;
  /** Relative to the work directory. */
  readonly to: string;
}

export interface Checkpoint {
  /** A file or (with final `/`) a folder, relative to the work directory. */
  readonly path: string;
  readonly everySeconds: number;
}

export interface OutputRule {
  /** Path or glob, relative to the work directory. */
  readonly path: string;
  readonly format?: 'hdf5' | 'json' | 'csv' | 'text' | 'binary';
  /** HDF5: groups or datasets; JSON: keys (dots reach inside); CSV: columns; text: substrings. */
  readonly contains: readonly string[];
  readonly required: boolean;
  /** Files the glob must match at least; 1 when required. */
  readonly min: number;
  /** Bytes each file must have at least. */
  readonly minBytes: number;
  /** All matching files become one archive of this name (`.tar.zst` or `.tar.gz`). */
  readonly archive?: string;
}

/** One number (or text) for the reviewer. */
export type ResultRule =
  | { readonly file: string; readonly kind: 'rows'; readonly rows: string }
  | { readonly file: string; readonly kind: 'key'; readonly key: string }
  | {
      readonly file: string;
      readonly kind: 'column';
      readonly column: string;
      readonly reduce: 'mean' | 'min' | 'max' | 'sum' | 'median' | 'last' | 'count';
    };

/** Before placeholders are filled in: numbers, or text that becomes one. */
export interface ResourcesRequest {
  readonly vcpus: number | string;
  /** MiB, or text with placeholders and a unit. */
  readonly memory: number | string;
  readonly gpus: number | string;
  readonly architecture: string;
  readonly capacity: string;
  /** GiB, or text with placeholders and a unit. */
  readonly scratch?: number | string;
  readonly concurrent?: number | string;
  readonly queue?: string;
  readonly ulimits: Readonly<Record<string, number>>;
}

/** What one combination asks for, placeholders filled in. */
export interface Resources {
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly gpus: number;
  readonly architecture: 'arm64' | 'amd64' | 'any';
  readonly capacity: 'spot' | 'spot-first' | 'on-demand';
  readonly scratchGib?: number;
  readonly concurrent?: number;
  /** A name from `muster.yaml`. */
  readonly queue?: string;
  readonly ulimits: Readonly<Record<string, number>>;
}

/** What one combination runs, every placeholder filled in. */
export interface ResolvedProgram {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly inputs: readonly Input[];
  readonly checkpoint?: Checkpoint;
  readonly outputs: readonly OutputRule[];
  readonly verify?: readonly string[];
  readonly results: Readonly<Record<string, ResultRule>>;
  readonly credentials: boolean;
}

/** What the placeholders `{slice.start}`, `{resources.vcpus}`, `{run.id}` stand for. */
export interface PlaceholderContext {
  readonly run: { readonly id: string };
  /** Positions in the round's list, `end` exclusive. */
  readonly slice: { readonly start: number; readonly end: number };
}

/** A named input of the grid as people see it. */
export interface Axis {
  readonly name: string;
  /** In written order, as text; only the first few of a long axis are kept in `samples`. */
  readonly samples: readonly string[];
  readonly count: number;
  readonly unit?: string;
  readonly description?: string;
}

/** Something odd but legal in a grid file, worth a line in the plan. */
export interface Hint {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  readonly fix?: string;
}

/** A file that the grid reads (`file:`, `rows`, `program.files`), with its digest at load time. */
export interface DataFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly sha256: string;
  readonly use: 'parameters' | 'program';
}

/** A grid file read, checked and ready to expand. */
export interface LoadedGrid {
  readonly path: string;
  readonly grid: Grid;
  readonly axes: readonly Axis[];
  readonly hints: readonly Hint[];
  readonly data: readonly DataFile[];
  /** `index` is used in a derived parameter: the same point may mean other work in a grown grid. */
  readonly reusable: boolean;
  /** Of all combinations after `exclude` and `only`. */
  count(): number;
  /** Streams; memory does not grow with the count. Throws `ConfigurationError` at a duplicate or colliding label. */
  combinations(): Iterable<Combination>;
}
