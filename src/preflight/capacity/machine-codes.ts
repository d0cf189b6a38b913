import type { Codes } from '../codes.ts';

export const machineCodes = {
  'template-missing': {
    severity: 'error',
    means: 'An environment starts from a launch template, or a version of one, that does not exist',
    why: 'No instance is started, and the environment becomes INVALID.',
    fix: 'Make the template, or update the environment to another one.',
  },
  'template-interface': {
    severity: 'error',
    means: 'A launch template names a subnet or a network interface of its own',
    why: 'It contradicts the subnets of the environment: instances start elsewhere, or not at all.',
    fix: 'Make a version of the template without it.',
  },
  'template-groups': {
    severity: 'warning',
    means: 'A launch template names other security groups than the environment',
    why: 'Those of the environment win (AB 4.2): what the template seems to allow is not in force.',
    fix: 'Make a version of the template without security groups.',
  },
  'scratch-volume': {
    severity: 'warning',
    means: 'Instances have no volume as large as `scratch` of muster.yaml',
    why: 'Unless something else is mounted at /scratch, the disk is full before slices have used what they were promised.',
    fix: 'Enlarge the volume in the launch template, or correct `scratch` in muster.yaml.',
  },
  'types-none': {
    severity: 'error',
    means: 'No instance type that an environment may start exists in the region',
    why: 'No instance is ever started.',
    fix: 'Name other families or sizes.',
  },
  'type-unknown': {
    severity: 'warning',
    means: 'Some families or sizes that an environment names do not exist in the region',
    why: 'There is less to choose from than it seems, so capacity is short sooner.',
    fix: 'Name other families or sizes.',
  },
  'types-not-on-spot': {
    severity: 'error',
    means: 'No instance type of a Spot environment can be bought as Spot',
    why: 'No instance is ever started.',
    fix: 'Name other families or sizes.',
  },
  'type-not-on-spot': {
    severity: 'warning',
    means: 'Some families or sizes of a Spot environment cannot be bought as Spot',
    why: 'There is less to choose from than it seems, so capacity is short sooner.',
    fix: 'Name other families or sizes.',
  },
  'architecture-mixed': {
    severity: 'error',
    means: 'Instance types of a queue have different architectures',
    why: 'Where a slice lands is chance, and an image of one architecture fails on the other (AB 4.2).',
    fix: 'Keep types of one architecture.',
  },
  'architecture-differs': {
    severity: 'error',
    means: 'Instance types have another architecture than muster.yaml says',
    why: 'Images are built and chosen for the architecture of muster.yaml: programs fail with `exec format error`.',
    fix: 'Correct `architecture` in muster.yaml.',
  },
  'types-not-offered': {
    severity: 'error',
    means: 'No instance type of an environment is offered in the zones of its subnets',
    why: 'No instance can be started there.',
    fix: 'Name other types, or subnets in other zones.',
  },
  'types-partly-offered': {
    severity: 'warning',
    means: 'Some families or sizes of an environment are not offered in the zones of its subnets',
    why: 'There is less to choose from than it seems, so capacity is short sooner.',
    fix: 'Name other types, or subnets in other zones.',
  },
  'zone-without-types': {
    severity: 'warning',
    means: 'No instance type of an environment is offered in the zone of one of its subnets',
    why: 'The subnet adds no capacity.',
    fix: 'Take a subnet of another zone.',
  },
} as const satisfies Codes;
