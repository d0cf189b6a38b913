import type { Engine, JobImage } from '../engine/engine.ts';
import type { LocalEngine } from '../engine/local/local-engine.ts';
import type { MetricsSink } from '../engine/metrics.ts';
import type { IdentifiedImage } from '../image/identity.ts';
import type { PlanEngine } from '../plan/queues.ts';
import type { PreflightReport } from '../preflight/report.ts';
import type { PlannedGrid } from '../preflight/wanted-of.ts';

/** Where slices run, as commands need it. */
export interface EnginePlace extends AsyncDisposable {
  readonly engine: Engine;
  readonly planEngine: PlanEngine;
  /** Present when muster.yaml asks for metrics and slices run where there are any. */
  readonly metrics?: MetricsSink;
  /** Present when slices run on this machine. */
  readonly local?: LocalEngine;
  /** What stands behind the name of an image in a grid; a registry that does not answer is no reason to throw. */
  readonly identify: (image: string) => IdentifiedImage | Promise<IdentifiedImage>;
  /** Why an image is no longer what a run was launched with. */
  readonly imageTrouble: (image: Pick<JobImage, 'name' | 'identity'>) => string | undefined;
  /** Why slices could not start, asked before anything is written; builds or pulls their images if need be. */
  readonly refuse: (needs: Needs) => Promise<Refusal | undefined>;
  /** Of that, what shows without asking anybody: for plans. */
  readonly missing?: (images: readonly JobImage[]) => Refusal | undefined;
  /**
   * Present when slices run in an account: whether it would run these grids, or, without any, whatever it is for. With
   * `probe` an object is written to the bucket and deleted again.
   */
  readonly preflight?: (grids: readonly PlannedGrid[], probe: boolean) => Promise<PreflightReport>;
}

/** What the slices of a plan need of the engine. */
export interface Needs {
  readonly images: readonly JobImage[];
  /** By the engine's own ids. */
  readonly queues: readonly string[];
}

export interface Refusal {
  readonly message: string;
  readonly fix?: string;
}
