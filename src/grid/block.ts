import type { Attributes } from './attributes.ts';
import type { CompiledExpression } from './expression.ts';
import type { UniqueForm } from './parameters.ts';
import type { Piece, Track } from './piece.ts';
import type { Node } from './tree.ts';

/** One shape ready to expand: a product of tracks, what is computed for each point, and what is left out. */
export interface Block {
  /** Every parameter in the order people see; its position here is its slot in a point. */
  readonly names: readonly string[];
  /** First slowest. */
  readonly tracks: readonly BlockTrack[];
  /** In an order in which each reads only what comes before. */
  readonly computed: readonly Computed[];
  readonly filters: readonly Filter[];
  /** Points before the filters. */
  readonly size: number;
  /** Slots of what is not computed, sorted by name: the id. */
  readonly identity: readonly number[];
}

export interface BlockTrack extends Track {
  readonly slots: readonly number[];
  readonly node: Node;
}

export type Computed = DerivedParameter | UniqueParameter;

export interface DerivedParameter {
  readonly kind: 'derive';
  readonly name: string;
  readonly slot: number;
  readonly expression: CompiledExpression;
  readonly attributes: Attributes;
  readonly node: Node;
  /** Reads `index`, itself or through others: known only after the filters. */
  readonly indexed: boolean;
}

export interface UniqueParameter {
  readonly kind: 'unique';
  readonly name: string;
  readonly slot: number;
  readonly form: UniqueForm;
  readonly format: string | undefined;
  /** Slots of the parameters that make the seed, sorted by name. */
  readonly from: readonly number[];
  readonly node: Node;
  readonly indexed: false;
}

/** By slot; `undefined` where a parameter is absent. Reused from point to point. */
export type Point = (Piece | undefined)[];

export interface Filter {
  readonly node: Node;
  keeps(point: Point): boolean;
}
