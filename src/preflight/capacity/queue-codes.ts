import type { Codes } from '../codes.ts';

export const queueCodes = {
  'queue-missing': {
    severity: 'error',
    means: 'A job queue of muster.yaml does not exist',
    why: 'Nothing can be submitted to it.',
    fix: 'Name another queue in muster.yaml, or create it.',
  },
  'queue-disabled': {
    severity: 'error',
    means: 'A job queue is disabled',
    why: 'It takes no new jobs: every submission would be refused.',
    fix: 'Enable it.',
  },
  'queue-invalid': {
    severity: 'error',
    means: 'A job queue is not VALID, and will not become so by itself',
    why: 'It takes no new jobs: every submission would be refused.',
    fix: 'Repair its compute environments; one that is being deleted cannot be repaired.',
  },
  'queue-settling': {
    severity: 'warning',
    means: 'A job queue is being made or changed',
    why: 'Until it is VALID, mostly within a minute, it may refuse what is submitted.',
    fix: 'Wait until it is VALID.',
  },
  'queue-kind': {
    severity: 'error',
    means: 'A job queue is not one of EC2 instances under ECS',
    why: 'Jobs of Muster run on instances that ECS manages: definitions, scratch space and prices are made for these.',
    fix: 'Name a queue whose compute environments buy EC2 or SPOT.',
  },
  'queue-environments': {
    severity: 'error',
    means: 'A job queue has no compute environment, or more than three',
    why: 'Without one no instance is ever started; Batch allows three (AB 2.1).',
    fix: 'Give it one to three compute environments.',
  },
} as const satisfies Codes;

export const environmentCodes = {
  'environment-missing': {
    severity: 'error',
    means: 'A queue names a compute environment that does not exist',
    why: 'No instance is ever started from it.',
    fix: 'Take it out of the order of the queue.',
  },
  'environment-disabled': {
    severity: 'error',
    means: 'A compute environment is disabled, and its queue has no other that takes slices',
    why: 'No instance is started: slices would wait for ever.',
    fix: 'Enable it.',
  },
  'environment-invalid': {
    severity: 'error',
    means: 'A compute environment is not VALID, and its queue has no other that takes slices',
    why: 'No instance is started: slices would wait for ever.',
    fix: 'Mend what Batch says of it: mostly a role that is missing, or that Batch may not assume.',
  },
  'spare-environment-disabled': {
    severity: 'warning',
    means: 'A compute environment is disabled; another one of its queue takes slices',
    why: 'The queue has less room and fewer kinds of instances than it seems to have.',
    fix: 'Enable it, or take it out of the order of the queue.',
  },
  'spare-environment-invalid': {
    severity: 'warning',
    means: 'A compute environment is not VALID; another one of its queue takes slices',
    why: 'The queue has less room and fewer kinds of instances than it seems to have.',
    fix: 'Mend what Batch says of it, or take it out of the order of the queue.',
  },
  'spare-environment-foreign': {
    severity: 'warning',
    means:
      'A compute environment is of a kind that starts no instances for slices; another one of its queue does',
    why: 'The queue has less room and fewer kinds of instances than it seems to have.',
    fix: 'Take it out of the order of the queue.',
  },
  'environment-unmanaged': {
    severity: 'error',
    means: 'A compute environment is UNMANAGED, and its queue has no other that takes slices',
    why: 'Batch starts no instances in it: slices wait until somebody else does.',
    fix: 'Put a MANAGED compute environment into the order of the queue.',
  },
  'environment-not-instances': {
    severity: 'error',
    means: 'A compute environment buys neither EC2 nor SPOT, and its queue has no other that takes slices',
    why: 'Jobs of Muster are defined for EC2 instances: they are never placed on anything else.',
    fix: 'Put a compute environment of type EC2 or SPOT into the order of the queue.',
  },
  'environment-not-ecs': {
    severity: 'error',
    means: 'A compute environment is not orchestrated by ECS, and its queue has no other that takes slices',
    why: 'Jobs of Muster are ECS tasks: they are never placed on EKS.',
    fix: 'Put a compute environment of ECS into the order of the queue.',
  },
} as const satisfies Codes;
