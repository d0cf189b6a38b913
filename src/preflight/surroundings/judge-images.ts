import { workerLabel } from '../../image/labels.ts';
import {
  type Codes,
  checked,
  findingsOf,
  nothingToCheck,
  type Row,
  type Verdict,
  verdictOn,
} from '../codes.ts';
import { awsCommand, quoted } from '../command.ts';
import type { Check, Finding } from '../finding.ts';
import { type EcrPlace, type ImageFacts, type Inside, isNeeded, workerFile } from './image-content.ts';

export const imageCodes = {
  'image-unpushed': {
    severity: 'error',
    means: 'An image that a grid uses has no reference',
    why: 'AWS Batch pulls images from a registry, by their digest: without one nothing can be submitted.',
    fix: '`muster image push <name>`.',
  },
  'image-repository-missing': {
    severity: 'error',
    means: 'The repository of an image does not exist',
    why: 'No host can pull the image, so every slice fails before it starts.',
    fix: '`muster image push <name>`, which makes it.',
  },
  'image-missing': {
    severity: 'error',
    means: 'The repository has no image of this digest',
    why: 'No host can pull the image, so every slice fails before it starts.',
    fix: 'Push it again, and write the new digest.',
  },
  'image-withheld': {
    severity: 'error',
    means: 'The registry knows the image but does not hand it out',
    why: 'No host can pull the image, so every slice fails before it starts.',
    fix: 'Mend what the registry names, or push the image again.',
  },
  'image-archived': {
    severity: 'error',
    means: 'The image is archived',
    why: 'Archived images cannot be pulled until they are restored, so every slice fails before it starts.',
    fix: 'Restore it.',
  },
  'image-architecture-missing': {
    severity: 'error',
    means: 'The image lacks an architecture of the queues it runs on',
    why: 'Slices fail at once with "exec format error" or "no matching manifest", on machines that are paid for.',
    fix: 'Build and push the missing architecture.',
  },
  'image-architecture-false': {
    severity: 'error',
    means: 'The index names another architecture than the image has',
    why: 'Hosts pull what the index promises, and slices fail at once with "exec format error".',
    fix: 'Build and push the architecture again.',
  },
  'image-without-worker': {
    severity: 'warning',
    means: 'The image has no sign of the worker inside',
    why: 'Without the worker as its entry point a slice ends without outputs, and all its combinations count as missing.',
    fix: 'Wrap the image with the worker layer.',
  },
  'image-in-other-region': {
    severity: 'warning',
    means: 'The image is in the registry of another region',
    why: 'Every host pulls it across regions: slower starts, and each GB is paid.',
    fix: 'Push it to the region of the queues.',
  },
  'image-in-other-account': {
    severity: 'warning',
    means: 'The image is in the registry of another account',
    why: 'Hosts can pull it only if the policy of that repository names this account, which cannot be seen from here.',
    fix: 'Push it to the account of the queues, or check the policy of the repository.',
  },
} as const satisfies Codes;

const finding = findingsOf(imageCodes);

const rows = {
  pushed: { group: 'image', check: 'pushed', title: 'Every image can be pulled from its registry' },
  architectures: {
    group: 'image',
    check: 'architectures',
    title: 'Every image has the architectures of its queues',
  },
  worker: { group: 'image', check: 'worker', title: 'Every image holds the worker' },
  home: { group: 'image', check: 'home', title: 'Every image is where its queues are' },
} as const satisfies Readonly<Record<string, Row>>;

/** Where the queues are; without an account nobody knows whose they are. */
export interface Home {
  readonly region: string;
  readonly account?: string;
}

/** Pure. An image that cannot be pulled has one finding: what would be inside is not looked for. */
export function judgeImages(images: readonly ImageFacts[], home: Home): readonly Check[] {
  if (images.length === 0) {
    return Object.values(rows).map((row) => nothingToCheck(row, 'No image is used or named in muster.yaml.'));
  }
  const each = (judge: (facts: ImageFacts) => Verdict) => images.map(judge);
  return [
    checked(rows.pushed, each(judgePushed).concat(each(judgeStatus))),
    checked(rows.architectures, [
      ...each(judgeArchitectures),
      ...images.flatMap((facts) => judgeInsides(facts, claimTrouble)),
    ]),
    checked(
      rows.worker,
      images.flatMap((facts) => judgeInsides(facts, workerTrouble)),
    ),
    checked(
      rows.home,
      each((facts) => judgeHome(facts, home)),
    ),
  ];
}

function judgePushed({ wanted: { name, reference }, found }: ImageFacts): Verdict {
  const again = pushCommand(name);
  if (found.place === 'nowhere') {
    const seen = 'nobody has pushed it: neither the grid nor muster.yaml names its digest';
    return [finding('image-unpushed', { about: about(name), seen, fix: again })];
  }
  return verdictOn(found.content, (content) => {
    switch (content.state) {
      case 'there':
        return [];
      case 'no-repository':
        return [
          finding('image-repository-missing', {
            about: about(name),
            seen: `no repository of ${reference}`,
            fix: again,
          }),
        ];
      case 'missing':
        return [finding('image-missing', { about: about(name), seen: `no ${reference}`, fix: again })];
      case 'withheld':
        return [finding('image-withheld', { about: about(name), seen: content.reason, fix: again })];
    }
  });
}

function judgeStatus({ wanted: { name }, found }: ImageFacts): Verdict {
  if (found.place !== 'ecr' || found.status === undefined) return [];
  const { repository, status } = found;
  return verdictOn(status, (told) => {
    if (told === undefined || told === 'ACTIVE') return [];
    const fix = told === 'ACTIVATING' ? 'Wait until it is restored.' : restoring(repository);
    return [finding('image-archived', { about: about(name), seen: `its status is ${told}`, fix })];
  });
}

const restoring = ({ account, region, name, digest }: EcrPlace) =>
  awsCommand(
    region,
    'ecr update-image-storage-class',
    ...[`--registry-id ${account}`, `--repository-name ${name}`, `--image-id imageDigest=${digest}`],
    '--target-storage-class STANDARD',
  );

function judgeArchitectures({ wanted: { name, architectures }, found }: ImageFacts): Verdict {
  if (found.place === 'nowhere') return [];
  return verdictOn(found.content, (content) => {
    if (content.state !== 'there') return [];
    const has = content.members.filter(({ lost }) => !lost).map(({ architecture }) => architecture);
    if (architectures.every((architecture) => has.includes(architecture))) return [];
    const lost = content.members.filter((member) => member.lost).map(({ architecture }) => architecture);
    const what = content.kind === 'index' ? 'its index has' : 'it is a single image for';
    const without =
      lost.length === 0 ? '' : ` (and lists ${lost.join(', ')}, which the registry does not have)`;
    return [
      finding('image-architecture-missing', {
        about: about(name),
        seen: `${what} ${has.length === 0 ? 'no architecture' : has.join(', ')}${without}; its queues need ${architectures.join(', ')}`,
        fix: pushCommand(name, architectures),
      }),
    ];
  });
}

interface ReadMember {
  readonly architecture: string;
  readonly inside: Inside;
}

/** Judges what was read of the wanted members together; what nobody could read is told beside it. */
function judgeInsides(
  { wanted: { name, architectures }, found }: ImageFacts,
  judge: (name: string, members: readonly ReadMember[]) => readonly Finding[],
): readonly Verdict[] {
  if (found.place === 'nowhere') return [];
  if (!found.content.known) return [found.content];
  if (found.content.value.state !== 'there') return [];
  const wanted = found.content.value.members.flatMap(({ architecture, inside }) =>
    inside !== undefined && isNeeded(architecture, architectures) ? [{ architecture, inside }] : [],
  );
  const read = wanted.flatMap(({ architecture, inside }) =>
    inside.known ? [{ architecture, inside: inside.value }] : [],
  );
  const refused = wanted.flatMap(({ inside }) => (inside.known ? [] : [inside]));
  return [...refused, judge(name, read)];
}

function claimTrouble(name: string, members: readonly ReadMember[]): readonly Finding[] {
  return members
    .filter(({ architecture, inside }) => inside.architecture !== architecture)
    .map(({ architecture, inside }) =>
      finding('image-architecture-false', {
        about: about(name),
        seen: `what its index calls ${architecture} is an image for ${inside.architecture}`,
        fix: pushCommand(name, [architecture]),
      }),
    );
}

function workerTrouble(name: string, members: readonly ReadMember[]): readonly Finding[] {
  const without = members.filter(({ inside }) => !inside.hasWorker);
  if (without.length === 0) return [];
  return [
    finding('image-without-worker', {
      about: about(name),
      seen: `no label ${workerLabel}, and its entry point is not ${workerFile} (${without.map(({ architecture }) => architecture).join(', ')})`,
      fix: `muster image wrap <its reference>, or for a folder of docker/: ${pushCommand(name)}`,
    }),
  ];
}

function judgeHome({ wanted: { name }, found }: ImageFacts, home: Home): Verdict {
  if (found.place !== 'ecr') return [];
  const { account, region } = found.repository;
  const findings: Finding[] = [];
  if (region !== home.region) {
    const seen = `in ${region}; the queues are in ${home.region}`;
    const fix = `Log in to the registry of ${home.region}, and there: ${pushCommand(name)}`;
    findings.push(finding('image-in-other-region', { about: about(name), seen, fix }));
  }
  if (home.account !== undefined && account !== home.account) {
    const seen = `of account ${account}; the queues are of account ${home.account}`;
    const policy = awsCommand(
      region,
      'ecr get-repository-policy',
      ...[`--registry-id ${account}`, `--repository-name ${found.repository.name}`],
    );
    findings.push(finding('image-in-other-account', { about: about(name), seen, fix: policy }));
  }
  return findings;
}

const about = (name: string) => `image ${name}`;

const pushCommand = (name: string, architectures: readonly string[] = []) =>
  [
    'muster image push',
    quoted(name),
    ...(architectures.length === 0 ? [] : [`--architecture ${architectures.join(',')}`]),
  ].join(' ');
