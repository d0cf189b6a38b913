import type { Answer } from '../src/aws/answer.ts';
import { contains } from '../src/preflight/network/cidr.ts';
import type { Settings } from './settings.ts';

/** What an account says before anything is made in it. */
export interface AccountFacts {
  readonly region: string;
  /** Whether the stack is there: then what it made is no clash. */
  readonly deployed: Answer<boolean>;
  /** Families that the region offers, of those that the settings name. */
  readonly offered: Answer<ReadonlySet<string>>;
  readonly vpcs: Answer<readonly { readonly id: string; readonly cidr: string }[]>;
  /** Whether the account has the OpenID Connect provider of GitHub. */
  readonly provider: Answer<boolean>;
  readonly bucket: Answer<'free' | 'ours' | 'of somebody else'>;
  /** Actions that whoever deploys is not allowed. */
  readonly refused: Answer<readonly string[]>;
}

export interface Trouble {
  readonly severity: 'error' | 'warning';
  readonly text: string;
}

/** Pure. What would make a deployment fail half-way, each with what to write instead. */
export function judgeDeployment(facts: AccountFacts, settings: Settings): readonly Trouble[] {
  const { deployed } = facts;
  const isNew = deployed.known && !deployed.value;
  return [
    ...about(facts.refused, (actions) =>
      actions.length === 0
        ? []
        : [
            error(
              `whoever deploys may not: ${actions.join(', ')}. Take credentials that may, or ask who keeps the account`,
            ),
          ],
    ),
    ...about(facts.offered, (families) => notOffered(families, facts.region, settings)),
    ...about(facts.bucket, (state) => bucketTrouble(state, isNew, settings)),
    ...about(facts.provider, (there) => providerTrouble(there, isNew, settings)),
    ...about(facts.vpcs, (vpcs) => (isNew ? clashes(vpcs, settings) : [])),
    ...about(deployed, () => []),
  ];
}

const error = (text: string): Trouble => ({ severity: 'error', text });
const warning = (text: string): Trouble => ({ severity: 'warning', text });

/** A refused call is told, and stops nothing. */
const about = <Value>(
  answer: Answer<Value>,
  judge: (value: Value) => readonly Trouble[],
): readonly Trouble[] =>
  answer.known ? judge(answer.value) : [warning(`not checked: ${answer.action} (${answer.why})`)];

function notOffered(
  families: ReadonlySet<string>,
  region: string,
  { compute }: Settings,
): readonly Trouble[] {
  return compute.architectures.flatMap((architecture) => {
    const missing = compute.instances[architecture].filter((entry) => !families.has(entry));
    if (missing.length === 0) return [];
    const text = `${region} does not offer ${missing.join(', ')}. Write others as compute.instances.${architecture}, or deploy to another region`;
    return [error(text)];
  });
}

function bucketTrouble(
  state: 'free' | 'ours' | 'of somebody else',
  isNew: boolean,
  { storage }: Settings,
): readonly Trouble[] {
  if (storage.existing)
    return state === 'ours' ? [] : [error(`there is no bucket ${storage.bucket} of this account`)];
  if (state === 'of somebody else') {
    return [error('the name of the bucket is taken by another account. Write another one as storage.bucket')];
  }
  if (state === 'ours' && isNew) {
    return [
      error('the bucket is there already. To go on with it: storage: { bucket: <its name>, existing: true }'),
    ];
  }
  return [];
}

function providerTrouble(there: boolean, isNew: boolean, { github }: Settings): readonly Trouble[] {
  if (github === undefined) return [];
  if (there && isNew && github.provider === 'new') {
    return [
      error('the account has the OpenID Connect provider of GitHub already. Write github.provider: existing'),
    ];
  }
  if (!there && github.provider === 'existing') {
    return [error('the account has no OpenID Connect provider of GitHub. Leave github.provider out')];
  }
  return [];
}

/** AWS allows it; whoever joins the two networks later cannot. */
function clashes(
  vpcs: readonly { readonly id: string; readonly cidr: string }[],
  { network }: Settings,
): readonly Trouble[] {
  if (network.mode === 'existing') return [];
  return vpcs
    .filter(({ cidr }) => overlap(cidr, network.cidr))
    .map(({ id, cidr }) =>
      warning(
        `${network.cidr} overlaps with ${cidr} of ${id}: the two can never be joined. Another range: network.cidr`,
      ),
    );
}

const overlap = (one: string, other: string) => contains(one, other) || contains(other, one);
