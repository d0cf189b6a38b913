import type { FailureClass } from '../../engine.ts';

interface PullCase {
  /** Any of these, anywhere in the text. */
  readonly texts: readonly string[];
  readonly class: FailureClass;
  readonly reason: string;
  readonly advice: string;
}

/** Why an image could not be pulled, the most telling text first (AB 9, "subcases": [MEM]). */
const pullCases: readonly PullCase[] = [
  {
    texts: ['no matching manifest for'],
    class: 'image',
    reason: 'the image holds nothing for the architecture of this machine',
    advice: "Build the image for the queue's architecture, or choose a queue of the image's architecture.",
  },
  {
    texts: ['no space left on device'],
    class: 'disk',
    reason: 'the image did not fit on the disk of the machine',
    advice:
      'Give the machines a larger root volume: launch template of the compute environment (30 GiB without one).',
  },
  {
    texts: ['toomanyrequests'],
    class: 'image',
    reason: 'the registry allows no more pulls for now',
    advice: 'Wait and rerun; for good: copy the image to ECR, whose pulls are not limited like this.',
  },
  {
    texts: ['not found', 'manifest unknown', 'repository does not exist'],
    class: 'image',
    reason: 'there is no such image in the registry',
    advice:
      'Build and push it again; look whether a lifecycle policy of the repository deletes images in use. Some registries say the same where reading is not allowed.',
  },
  {
    texts: ['unauthorized', 'denied', 'no basic auth credentials'],
    class: 'image',
    reason: 'the registry refused access to the image',
    advice:
      "Let the execution role (or the instance role, where there is none) read the repository: ecr:GetAuthorizationToken, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer; across accounts the repository's policy must allow it too.",
  },
  {
    texts: ['i/o timeout', 'context canceled', 'connection reset', 'EOF', 'TLS handshake timeout'],
    class: 'image',
    reason: 'the registry could not be reached, or the connection broke',
    advice:
      'Rerun. If all slices fail like this, the subnets have no way to the registry: a NAT gateway, or endpoints for ecr.api, ecr.dkr and S3.',
  },
];

const anyPull: Omit<PullCase, 'texts'> = {
  class: 'image',
  reason: 'the image could not be pulled',
  advice: 'Look whether the image exists and whether the machines can reach its registry.',
};

export function pullCase(text: string): Omit<PullCase, 'texts'> {
  return pullCases.find(({ texts }) => texts.some((part) => text.includes(part))) ?? anyPull;
}
