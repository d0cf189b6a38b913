import { ConfigurationError } from '../errors.ts';
import { parseDuration, parseMemory } from '../grid/units.ts';
import type { Overrides } from '../plan/overrides.ts';
import { parseEnvironment } from '../run/rerun.ts';

/** Inputs that change what slices get; absent: as before. */
export interface RerunInputs {
  readonly memory?: string | undefined;
  readonly vcpus?: number | undefined;
  readonly attempts?: number | undefined;
  readonly timeout?: string | undefined;
  readonly capacity?: string | undefined;
  readonly queue?: string | undefined;
  readonly 'program-environment': readonly string[];
  readonly 'budget-usd'?: number | undefined;
  readonly failures?: number | undefined;
}

/** Throws `ConfigurationError` that names the input. Pure. */
export function overridesOf(inputs: RerunInputs): Overrides {
  const { memory, vcpus, attempts, timeout, queue, 'budget-usd': budgetUsd, failures } = inputs;
  const capacity = capacityOf(inputs.capacity);
  const environment = inputs['program-environment'];
  return {
    ...(memory !== undefined && { memoryMib: named('memory', () => parseMemory(memory)) }),
    ...(vcpus !== undefined && { vcpus }),
    ...(attempts !== undefined && { attempts }),
    ...(timeout !== undefined && { timeoutSeconds: named('timeout', () => parseDuration(timeout)) }),
    ...(capacity !== undefined && { capacity }),
    ...(queue !== undefined && { queue }),
    ...(environment.length > 0 && {
      environment: named('program-environment', () => parseEnvironment(environment)),
    }),
    ...(budgetUsd !== undefined && { budgetUsd }),
    ...(failures !== undefined && { failures: { kind: 'count', count: failures } as const }),
  };
}

/** `as before` is a choice of the workflow's form, where an empty one cannot be chosen. */
function capacityOf(text: string | undefined): Overrides['capacity'] {
  if (text === undefined || text === 'as before') return undefined;
  if (text === 'spot' || text === 'spot-first' || text === 'on-demand') return text;
  throw new ConfigurationError({
    file: 'input capacity',
    message: `there is no capacity \`${text.slice(0, 200)}\``,
    fix: 'Choose spot, spot-first or on-demand.',
  });
}

function named<T>(input: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.replace(/^command line: /, '') : String(cause);
    throw new ConfigurationError({ file: `input ${input}`, message }, { cause });
  }
}
