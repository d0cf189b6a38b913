import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from enlarging its heap much beyond what lives, until disposed. Its young memory grows with all that ever
 * survived a young collection, so that whoever goes through a gigabyte ends with 100 MiB of it; its old memory is
 * collected when it is four times what lived the last time. Half as much again is enough here, and takes no processor
 * time that could be measured; young memory kept as it is takes a tenth. Both are read at each growth, so that they
 * may be set while running; options of `node` itself would reach neither a library's user nor an action of GitHub.
 */
export function holdHeapGrowth(): Disposable {
  holders += 1;
  if (holders === 1) set(held);
  let holds = true;
  return {
    [Symbol.dispose]() {
      if (!holds) return;
      holds = false;
      holders -= 1;
      if (holders === 0) set(usual);
    },
  };
}

/** Times; and percent, of which 0 leaves it to V8. */
interface Growth {
  readonly young: number;
  readonly old: number;
}

const held: Growth = { young: 1, old: 50 };
/** V8's own. */
const usual: Growth = { young: 2, old: 0 };

function set({ young, old }: Growth): void {
  setFlagsFromString(`--semi-space-growth-factor=${young}`);
  setFlagsFromString(`--heap-growing-percent=${old}`);
}

/** The flags are the process's: merges may overlap. */
let holders = 0;
