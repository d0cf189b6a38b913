import type { Unknown } from '../../aws/answer.ts';
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
import type { WantedImage } from '../wanted.ts';
import { type EcrPlace, type ImageFacts, type Inside, isNeeded, workerFile } from './image-content.ts';

export const imageCodes = {
  'image-unpushed': {
    severity: 'error',
    means: 'An image that a grid uses has no reference',
    why: 'AWS Batch pulls images from a registry, by their digest: without one nothing can be submitted.',
    fix: '`muster image push NAME`.',
  },
  'image-repository-missing': {
    severity: 'error',
    means: 'The repository of an image does not exist',
    why: 'No host can pull the image, so every slice fails before it starts.',
    fix: '`muster image push NAME`, which makes it.',
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
    severity: 'error',
    means: 'The image has no sign of the worker inside',
    why: 'Without the worker as its entry point a slice ends well and writes nothing: it is paid for, and all its combinations are missing.',
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
  const none = 'No image is used or named in muster.yaml.';
  if (images.length === 0) return Object.values(rows).map((row) => nothingToCheck(row, none));
  const dark = 'No image could be looked into.';
  const looked = images.filter(isLookedInto);
  const inside = (judge: typeof claimTrouble) => looked.flatMap((facts) => judgeInsides(facts, judge));
  return [
    checked(rows.pushed, [...images.map(judgePushed), ...images.map(judgeStatus)]),
    looked.length === 0
      ? nothingToCheck(rows.architectures, dark)
      : checked(rows.architectures, [...looked.map(judgeArchitectures), ...inside(claimTrouble)]),
    looked.length === 0 ? nothingToCheck(rows.worker, dark) : checked(rows.worker, inside(workerTrouble)),
    images.some(({ found }) => found.place === 'ecr')
      ? checked(
          rows.home,
          images.map((facts) => judgeHome(facts, home)),
        )
      : nothingToCheck(rows.home, 'No image is in a registry of ECR.'),
  ];
}

/** What is inside is known, or would be if nobody had refused it. */
const isLookedInto = ({ wanted, found }: ImageFacts): boolean =>
  found.place === 'nowhere'
    ? unresolved(wanted) !== undefined
    : !found.content.known || found.content.value.state === 'there';

/** Whether somebody has pushed it could not be asked: its registry is away, or denies it. */
const unresolved = ({ lack }: WantedImage): Unknown | undefined =>
  lack?.kind === 'unknown' ? { known: false, action: 'registry:GetManifest', why: lack.message } : undefined;

function judgePushed({ wanted, found }: ImageFacts): Verdict {
  const { name, reference, lack } = wanted;
  if (found.place === 'nowhere') {
    const seen = lack?.message ?? 'nobody has pushed it: neither the grid nor muster.yaml names its digest';
    const fix = lack?.fix ?? renewal(wanted);
    return unresolved(wanted) ?? [finding('image-unpushed', { about: about(name), seen, fix })];
  }
  return verdictOn(found.content, (content) => {
    const fix = renewal(wanted);
    switch (content.state) {
      case 'there':
        return [];
      case 'no-repository': {
        const seen = `no repository of ${reference}`;
        return [finding('image-repository-missing', { about: about(name), seen, fix })];
      }
      case 'missing':
        return [finding('image-missing', { about: about(name), seen: `no ${reference}`, fix })];
      case 'withheld':
        return [finding('image-withheld', { about: about(name), seen: content.reason, fix })];
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
    ...[`--registry-id ${account}`, `--repository-name ${quoted(name)}`, `--image-id imageDigest=${digest}`],
    '--target-storage-class STANDARD',
  );

function judgeArchitectures({ wanted, found }: ImageFacts): Verdict {
  const { name, architectures } = wanted;
  if (found.place === 'nowhere') return unresolved(wanted) ?? [];
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
        fix: renewal(wanted),
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
  { wanted: image, found }: ImageFacts,
  judge: (image: WantedImage, members: readonly ReadMember[]) => readonly Finding[],
): readonly Verdict[] {
  if (found.place === 'nowhere') return [unresolved(image) ?? []];
  if (!found.content.known) return [found.content];
  if (found.content.value.state !== 'there') return [];
  const wanted = found.content.value.members.flatMap(({ architecture, inside }) =>
    inside !== undefined && isNeeded(architecture, image.architectures) ? [{ architecture, inside }] : [],
  );
  const read = wanted.flatMap(({ architecture, inside }) =>
    inside.known ? [{ architecture, inside: inside.value }] : [],
  );
  const refused = wanted.flatMap(({ inside }) => (inside.known ? [] : [inside]));
  return [...refused, judge(image, read)];
}

function claimTrouble(image: WantedImage, members: readonly ReadMember[]): readonly Finding[] {
  return members
    .filter(({ architecture, inside }) => inside.architecture !== architecture)
    .map(({ architecture, inside }) =>
      finding('image-architecture-false', {
        about: about(image.name),
        seen: `what its index calls ${architecture} is an image for ${inside.architecture}`,
        fix: renewal(image),
      }),
    );
}

function workerTrouble(image: WantedImage, members: readonly ReadMember[]): readonly Finding[] {
  const without = members.filter(({ inside }) => !inside.hasWorker);
  if (without.length === 0) return [];
  return [
    finding('image-without-worker', {
      about: about(image.name),
      seen: `no label ${workerLabel}, and its entry point is not ${workerFile} (${without.map(({ architecture }) => architecture).join(', ')})`,
      fix: wrapping(image),
    }),
  ];
}

function judgeHome({ wanted, found }: ImageFacts, home: Home): Verdict {
  if (found.place !== 'ecr') return [];
  const { name } = wanted;
  const { account, region } = found.repository;
  const findings: Finding[] = [];
  if (region !== home.region) {
    const seen = `in ${region}; the queues are in ${home.region}`;
    const beside = `${home.account ?? account}.dkr.ecr.${home.region}.amazonaws.com`;
    const { homeless: _, ...named } = wanted;
    const fix = `Write \`registry: ${beside}/PREFIX\` in muster.yaml, then: ${renewal(named)}`;
    findings.push(finding('image-in-other-region', { about: about(name), seen, fix }));
  }
  if (home.account !== undefined && account !== home.account) {
    const seen = `of account ${account}; the queues are of account ${home.account}`;
    const policy = awsCommand(
      region,
      'ecr get-repository-policy',
      ...[`--registry-id ${account}`, `--repository-name ${quoted(found.repository.name)}`],
    );
    findings.push(finding('image-in-other-account', { about: about(name), seen, fix: policy }));
  }
  return findings;
}

const about = (name: string) => `image ${name}`;

/** All architectures of the queues at once, joined: those that are pushed alone wait for it. */
function renewal({ name, reference, pinned, homeless }: WantedImage): string {
  const push = `${homeless === true ? nameRegistry : ''}${pushCommand(name)}`;
  if (pinned === true) {
    return `Push it again (a folder of docker/: ${push}), and write its new digest as \`images.${name}\` in muster.yaml.`;
  }
  // Written in the grid with its digest, and not wrapped by us.
  if (name === reference) return 'Push it again, and write its new digest as `image` in the grid.';
  return push;
}

/** What runs is the reference in a grid with the worker on it, so the grid stays as it is. */
function wrapping({ name, reference, pinned, homeless }: WantedImage): string {
  const first = homeless === true ? nameRegistry : '';
  if (pinned === true) {
    return `${first}muster image wrap ${quoted(reference ?? name)}, and write the digest that it prints as \`images.${name}\` in muster.yaml.`;
  }
  return `${first}${pushCommand(name)}`;
}

/** Without one, the commands below are refused. */
const nameRegistry =
  'Name a registry in muster.yaml (`registry: <account>.dkr.ecr.<region>.amazonaws.com/<prefix>`), then: ';

const pushCommand = (name: string) =>
  name.includes('@') ? `muster image wrap ${quoted(name)}` : `muster image push ${quoted(name)}`;
