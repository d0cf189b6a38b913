import type { Combination } from '../grid/combination.ts';
import type { Grid, PlaceholderContext, ResolvedProgram, Resources } from '../grid/grid.ts';
import type { Store } from '../store/store.ts';
import type { Assignment } from './assignment.ts';
import type { WorkerSettings } from './environment.ts';
import type { Interrupt } from './interrupt.ts';
import type { LogLimits } from './program-log.ts';
import type { Scratch } from './work-directory.ts';

/** What the worker needs from outside. */
export interface WorkerDeps {
  openStore(url: string): Store | Promise<Store>;
  resolveProgram(
    grid: Grid,
    combination: Combination,
    context: PlaceholderContext & { readonly resources: Resources },
  ): ResolvedProgram;
  sameWork(of: {
    readonly resolved: ResolvedProgram;
    readonly architecture: 'arm64' | 'amd64';
    readonly image: string;
    readonly fileDigests: Readonly<Record<string, string>>;
  }): string;
  /** One line for the job's log. */
  log(line: string): void;
  /** Calls back when the process is asked to end (SIGTERM, SIGINT). */
  onTerminate(callback: () => void): void;
  /** Calls back when the engine's pipe closes. */
  onLifelineClosed(callback: () => void): void;
  readonly version: string;
  readonly logLimits?: LogLimits;
  /** Between asking a program to end and killing it; 10 unless said. */
  readonly graceSeconds?: number;
}

/** Everything that is the same for all combinations of the slice. */
export interface SliceContext {
  readonly deps: WorkerDeps;
  readonly settings: WorkerSettings;
  readonly assignment: Assignment;
  readonly store: Store;
  readonly scratch: Scratch;
  /** Of the worker. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly interrupt: Interrupt;
}

/** What is executed at once: one combination, or the whole slice for programs that take a slice themselves. */
export interface Unit {
  readonly first: Combination;
  readonly combinations: readonly Combination[];
}
