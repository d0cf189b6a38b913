import type { Codes } from '../codes.ts';

export const fitCodes = {
  'fit-impossible': {
    severity: 'error',
    means: 'A slice fits no instance type of its queue',
    why: 'It is never placed (MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT) and blocks all behind it (AB 4.5).',
    fix: 'Ask for less, or let the environment start larger types.',
  },
  'fit-tight': {
    severity: 'warning',
    means: 'A slice fits only if the system of the instance leaves more memory than can be counted on',
    why: 'Between 92.5 and 97.5 % of the nominal memory nobody can tell (AB 4.4): slices may wait for ever, or take twice the instance.',
    fix: 'Ask for a little less memory.',
  },
  'fit-wasteful': {
    severity: 'warning',
    means: 'Slices leave more than a quarter of the vCPUs unused on every type of their queue',
    why: 'Whole instances are paid for.',
    fix: 'Ask for an even share of an instance.',
  },
  'scratch-too-small': {
    severity: 'error',
    means: 'Slices that share an instance are promised more scratch space than it has, on every type',
    why: 'The disk fills up and slices fail.',
    fix: 'Ask for less scratch, enlarge the volume, or let fewer slices share an instance.',
  },
  'scratch-crowded': {
    severity: 'warning',
    means: 'Slices that share an instance are promised more scratch space than it has, on large types',
    why: 'Where Batch chooses these types the disk fills up and slices fail.',
    fix: 'Ask for less scratch, enlarge the volume, or name smaller types.',
  },
  'scratch-unmounted': {
    severity: 'warning',
    means: 'A grid asks for scratch space and its queue has none',
    why: 'Slices write to the root volume, 30 GiB by default (AB 4.4), which they share with images.',
    fix: 'Write `scratch` to the queue in muster.yaml where its instances have a volume at /scratch.',
  },
  'quota-below-slice': {
    severity: 'error',
    means: 'The vCPU quota of the account is below the smallest instance that holds a slice',
    why: 'Batch says nothing: slices wait for ever (AB 5.5).',
    fix: 'Ask AWS for a higher quota.',
  },
  'quota-below-maximum': {
    severity: 'warning',
    means: 'The vCPU quota of the account is below maxvCpus of the environments',
    why: 'Batch says nothing: above the quota slices just wait (AB 5.5). Others in the account use it, too.',
    fix: 'Ask AWS for a higher quota, or lower maxvCpus.',
  },
} as const satisfies Codes;
