/** A parameter's value as the grid gives it. Dates and windows are objects or text like everything else. */
export type Value = number | string | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** One point of the grid. */
export interface Combination {
  /** Position in the expanded grid, from 0. */
  readonly index: number;
  /** First 16 hex digits of the SHA-256 of the non-derived parameters; independent of the rest of the grid. */
  readonly id: string;
  /** Readable, unique in the grid, safe as a path; `/` makes folders. */
  readonly label: string;
  /** Typed. A parameter that is absent here has no key. */
  readonly parameters: Readonly<Record<string, Value>>;
  /** The same as the program sees them: the literal's own text, or the parameter's `format`. */
  readonly text: Readonly<Record<string, string>>;
}
