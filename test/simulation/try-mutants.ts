import { mutants } from './mutants.ts';
import { runSeeds } from './run-seeds.ts';

export interface Tried {
  readonly name: string;
  /** The first seed that noticed. */
  readonly caught: { readonly seed: number; readonly invariant: string } | undefined;
}

/** Plays seeds with each rule broken until one notices. */
export async function* tryMutants(asked: {
  /** Seeds at most. */
  readonly count: number;
  readonly processes: number;
  readonly only?: string;
}): AsyncGenerator<Tried> {
  const { count, processes, only } = asked;
  for (const [name, changes] of Object.entries(mutants)) {
    if (only !== undefined && !name.includes(only)) continue;
    let caught: Tried['caught'];
    await runSeeds({
      ...{ from: 1, count, processes, mutants: changes },
      onReport: ({ seed, violations: [first] }) => {
        if (first !== undefined) caught ??= { seed, invariant: first.invariant };
        return caught === undefined;
      },
    });
    yield { name, caught };
  }
}
