import type { Codes } from '../codes.ts';

export const buyingCodes = {
  'capacity-differs': {
    severity: 'warning',
    means: 'Environments buy something else than `capacity` in muster.yaml says',
    why: 'Prices, ceiling and retries go by what muster.yaml says: On-Demand costs more than Spot, Spot is interrupted.',
    fix: 'Correct `capacity` in muster.yaml, or the environments of the queue.',
  },
  'best-fit': {
    severity: 'warning',
    means: 'An environment allocates by BEST_FIT, the default',
    why: 'It waits for the one best type even when others are free, and such an environment cannot be updated (AB 4.3).',
    fix: 'Make one with BEST_FIT_PROGRESSIVE or SPOT_PRICE_CAPACITY_OPTIMIZED.',
  },
  'best-fit-fleet-role': {
    severity: 'error',
    means: 'A Spot environment with BEST_FIT has no fleet role',
    why: 'Spot by BEST_FIT needs a role with AmazonEC2SpotFleetTaggingRole (AB 4.2): no instance is started without.',
    fix: 'Make one with SPOT_PRICE_CAPACITY_OPTIMIZED, which needs no such role.',
  },
  'idle-minimum': {
    severity: 'warning',
    means: 'An environment keeps instances when nothing runs',
    why: 'minvCpus are running, and billed, day and night, also while the environment is disabled (AB 4.2).',
    fix: 'Set minvCpus to 0.',
  },
  'max-vcpus-below-slice': {
    severity: 'error',
    means: 'maxvCpus of every environment that has a type for a slice is below what the slice asks for',
    why: 'The slice is never placed, and in a queue without shares it blocks all behind it (AB 4.5).',
    fix: 'Raise maxvCpus, or ask for fewer vCPUs.',
  },
  'max-vcpus-waves': {
    severity: 'warning',
    means: 'maxvCpus lets fewer slices run at once than `concurrent` says',
    why: 'Slices run in waves, so the run takes longer than planned.',
    fix: 'Raise maxvCpus, or lower `concurrent`.',
  },
  'instances-differ': {
    severity: 'warning',
    means: '`instances` of muster.yaml is not what the environments may start',
    why: 'Prices and the estimate come from the types of muster.yaml.',
    fix: 'Write what is really there.',
  },
  'max-vcpus-differ': {
    severity: 'warning',
    means: '`max_vcpus` of muster.yaml is not what the environments allow',
    why: 'Hours, ceiling and the choice of a queue come from the number of muster.yaml.',
    fix: 'Write what is really there.',
  },
} as const satisfies Codes;
