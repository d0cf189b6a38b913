import type { z } from 'zod';
import { fragmentSchema } from '../../src/results/fragment.ts';
import {
  type ArrayRecord,
  arraySchema,
  type PublishedRecord,
  publishedSchema,
  type RoundRecord,
  type RunRecord,
  roundSchema,
  runSchema,
  type StateRecord,
  stateSchema,
} from '../../src/run/records.ts';
import type { PutCondition } from '../../src/store/store.ts';
import { MemoryStore } from '../run/memory-store.ts';

/** What the invariants see of a store: every write, as soon as it is made. */
export interface Witness {
  run(record: RunRecord): void;
  state(record: StateRecord): void;
  round(record: RoundRecord): void;
  array(place: { readonly round: number; readonly array: number }, record: ArrayRecord): void;
  fragment(fragment: z.infer<typeof fragmentSchema>): void;
  published(record: PublishedRecord): void;
  marker(present: boolean): void;
}

export class WatchedStore extends MemoryStore {
  witness: Witness | undefined;

  override async put(key: string, bytes: Uint8Array | string, condition: PutCondition) {
    const put = await super.put(key, bytes, condition);
    if (put.outcome === 'written') this.#tell(key, bytes);
    return put;
  }

  override async delete(key: string, version: string): Promise<boolean> {
    const deleted = await super.delete(key, version);
    if (deleted && key.startsWith('active/')) this.witness?.marker(false);
    return deleted;
  }

  #tell(key: string, bytes: Uint8Array | string): void {
    const { witness } = this;
    if (witness === undefined) return;
    if (key.startsWith('active/')) {
      witness.marker(true);
      return;
    }
    const parse = <S extends z.ZodType>(schema: S): z.output<S> =>
      schema.parse(JSON.parse(typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()));
    if (key.startsWith('published/')) {
      witness.published(parse(publishedSchema));
      return;
    }
    const [, , first = '', round = '', kind = '', name = ''] = key.split('/');
    if (first === 'run.json') {
      witness.run(parse(runSchema));
      return;
    }
    if (first === 'state.json') {
      witness.state(parse(stateSchema));
      return;
    }
    if (first !== 'rounds') return;
    if (kind === 'round.json') {
      witness.round(parse(roundSchema));
      return;
    }
    if (kind === 'fragments') {
      witness.fragment(parse(fragmentSchema));
      return;
    }
    if (kind !== 'arrays') return;
    witness.array({ round: Number(round), array: Number.parseInt(name, 10) }, parse(arraySchema));
  }
}
