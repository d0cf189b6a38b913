/** One thing measured, in the unit of its name. What is compared with what, the row's own text says. */
export interface Row {
  readonly what: string;
  readonly unit: 's' | 'ms' | 'MiB' | 'calls';
  readonly ours: number;
  /** Measured in the same run, in turn with ours. */
  readonly baseline?: number;
  readonly comparison: Comparison;
}

/** What is made of the two numbers, and what we would like it to be. Reported, never asserted. */
export type Comparison =
  /** Ours by baseline, as in "takes 1.2 times as long". */
  | { readonly kind: 'ratio'; readonly most?: number }
  /** Baseline by ours, as in "does 0.98 of the work in the same time". */
  | { readonly kind: 'rate'; readonly least: number }
  | { readonly kind: 'difference'; readonly most: number }
  | { readonly kind: 'value'; readonly most?: number };

export interface Benchmark {
  /** For `--only`. */
  readonly name: string;
  /** What is about to be measured, for whoever waits. */
  readonly about: string;
  /** @param folder a temporary one of its own, removed afterwards. */
  run(folder: string): Promise<readonly Row[]>;
}
