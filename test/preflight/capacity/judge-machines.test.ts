import { describe, expect, test } from 'vitest';
import type { EnvironmentFacts, TemplateContent } from '../../../src/preflight/capacity/facts.ts';
import { fitRows } from '../../../src/preflight/capacity/fit.ts';
import {
  account,
  checkNamed,
  codes,
  environment,
  family,
  findings,
  instanceType,
  judge,
  known,
  refused,
  template,
  typeFacts,
  wantedClass,
  withEnvironment,
  withQueue,
} from './scene.ts';

const withTemplate = (content: Partial<TemplateContent>, part: Partial<EnvironmentFacts> = {}) =>
  withEnvironment({ templates: [template(content)], ...part });

describe('a launch template', () => {
  test('without a network of its own contradicts nothing', () => {
    const own = { interfaces: [{ publicAddress: true, securityGroups: [] }], volumesGib: [100] };
    expect(codes(withTemplate(own))).toEqual([]);
  });

  test('that does not exist is an error', () => {
    const templates = [{ ...template(), content: known(undefined) }];
    expect(findings(withEnvironment({ templates }))).toMatchObject([
      {
        code: 'template-missing',
        severity: 'error',
        seen: expect.stringContaining('lt-0ab12, version $Default'),
      },
    ]);
  });

  test.each([
    { sets: { subnet: 'subnet-z' }, said: 'subnet-z' },
    { sets: { id: 'eni-1' }, said: 'eni-1' },
  ])('that sets $sets contradicts the subnets', ({ sets, said }) => {
    expect(findings(withTemplate({ interfaces: [{ securityGroups: [], ...sets }] }))).toMatchObject([
      {
        code: 'template-interface',
        seen: expect.stringContaining(said),
        fix: expect.stringContaining('--launch-template-id lt-0ab12'),
      },
    ]);
  });

  test.each([
    { own: { securityGroups: ['sg-2'] } },
    { own: { securityGroups: ['sg-1', 'sg-2'] } },
    { own: { interfaces: [{ securityGroups: ['sg-2'] }] } },
  ])('with other security groups is a warning: $own', ({ own }) => {
    expect(findings(withTemplate(own))).toMatchObject([{ code: 'template-groups', severity: 'warning' }]);
  });

  test('is read, made anew without them, and given to its environment', () => {
    const own = { securityGroups: ['sg-2'] };
    const [found] = findings(withTemplate(own));
    const of = '--launch-template-id lt-0ab12';
    expect(found?.fix).toContain(
      `describe-launch-template-versions --region us-east-1 ${of} --versions '$Default' --query 'LaunchTemplateVersions[0].LaunchTemplateData' --output json > template.json`,
    );
    expect(found?.fix).toContain(
      `create-launch-template-version --region us-east-1 ${of} --launch-template-data file://template.json`,
    );
    expect(found?.fix).toContain(
      `--compute-environment spot-1 --compute-resources 'launchTemplate={launchTemplateId=lt-0ab12,version=NEW_VERSION}'`,
    );
  });

  test('is found by its name, whatever signs and commas are in that', () => {
    const templates = [{ ...template({ securityGroups: ['sg-2'] }), name: 'a(b), c, version 7' }];
    const [found] = findings(withEnvironment({ templates }));
    expect(found?.fix).toContain(`--launch-template-name 'a(b), c' --versions 7 `);
    expect(found?.fix).toContain('launchTemplateName=a(b), c,version=NEW_VERSION');
  });

  test('of an environment with BEST_FIT, which takes no other, is used by a new environment', () => {
    const part = { strategy: 'BEST_FIT', spotFleetRole: 'arn:role' };
    const [found] = findings(withTemplate({ securityGroups: ['sg-2'] }, part)).filter(
      ({ code }) => code === 'template-groups',
    );
    expect(found?.fix).toContain('create a compute environment like it');
    expect(found?.fix).not.toContain('update-compute-environment');
  });

  test('may repeat the security groups', () => {
    expect(codes(withTemplate({ securityGroups: ['sg-1'] }))).toEqual([]);
  });

  test('gives the security groups where the environment has none', () => {
    expect(codes(withTemplate({ securityGroups: ['sg-2'] }, { securityGroups: [] }))).toEqual([]);
  });

  test('that may not be read leaves its checks undone, the others are done', () => {
    const content = refused('ec2:DescribeLaunchTemplateVersions');
    const templates = [{ ...template(), content }];
    const checks = judge(withEnvironment({ templates, maxVcpus: 0 }, { scratchMib: 1024 }));
    expect(checkNamed(checks, 'templates').notDone).toHaveLength(1);
    expect(checkNamed(checks, 'volumes').notDone).toHaveLength(1);
    expect(checkNamed(checks, 'room').findings).toHaveLength(1);
  });
});

describe('scratch of muster.yaml', () => {
  const scratch = { scratchMib: 200 * 1024 };

  test('without any volume of that size is a warning with both sizes', () => {
    expect(findings(withEnvironment({}, scratch))).toMatchObject([
      { code: 'scratch-volume', severity: 'warning', seen: expect.stringMatching(/200 GiB.* has 30 GiB/) },
    ]);
  });

  test.each([
    { gib: 200, found: [] },
    { gib: 199, found: ['scratch-volume'] },
  ])('on a volume of $gib GiB: $found', ({ gib, found }) => {
    const templates = [template({ volumesGib: [40, gib] })];
    expect(codes(withEnvironment({ templates }, scratch))).toEqual(found);
  });

  test('may be the disks that every type has', () => {
    const disks = (storeGib: number) =>
      withQueue(
        { wanted: { ...scratch, instances: ['c7ad'] }, environments: [environment({ types: ['c7ad'] })] },
        {
          types: typeFacts([
            instanceType('c7ad.large', { storeGib: 500 }),
            instanceType('c7ad.xlarge', { storeGib }),
          ]),
        },
      );
    expect(codes(disks(300))).toEqual([]);
    expect(codes(disks(100))).toEqual(['scratch-volume']);
  });

  test('is not judged where the volumes are those of somebody’s own image', () => {
    expect(codes(withEnvironment({ ownImage: true }, scratch))).toEqual([]);
  });
});

describe('instance types', () => {
  test('that do not exist beside others are a warning', () => {
    const facts = withEnvironment(
      { types: ['c7a', 'c99z', 'm7a.huge'] },
      { instances: ['c7a', 'c99z', 'm7a.huge'] },
    );
    expect(findings(facts)).toMatchObject([
      {
        code: 'type-unknown',
        severity: 'warning',
        seen: 'c99z, m7a.huge are not known in us-east-1',
        fix: expect.stringContaining('instanceTypes=c7a'),
      },
    ]);
  });

  test('of which none exists are one error', () => {
    const facts = withEnvironment({ types: ['c99z'] }, { instances: ['c99z'] });
    expect(findings(facts)).toMatchObject([{ code: 'types-none', severity: 'error' }]);
  });

  test('of a bundle may be missing in a region', () => {
    const wanted = { instances: ['optimal'] };
    const facts = withQueue(
      { wanted, environments: [environment({ types: ['optimal'] })] },
      { types: typeFacts([...family('m6i'), ...family('c6i'), ...family('r6i')]) },
    );
    expect(findings(facts)).toMatchObject([{ code: 'type-unknown', seen: 'c7i is not known in us-east-1' }]);
  });

  test('of a bundle none of whose families is there are one error', () => {
    const facts = withQueue(
      { wanted: { instances: ['optimal'] }, environments: [environment({ types: ['optimal'] })] },
      { types: typeFacts([]) },
    );
    expect(codes(facts)).toEqual(['types-none']);
  });

  describe('that are not sold as Spot', () => {
    const types = typeFacts([...family('c7a'), instanceType('z9d.large', { spot: false })]);
    const on = (entries: readonly string[], part: Partial<EnvironmentFacts> = {}) => ({
      ...withEnvironment({ types: entries, ...part }, { instances: entries }),
      types,
    });

    test('are a warning beside others, and no slice counts on them', () => {
      expect(findings(on(['c7a.xlarge', 'z9d']))).toMatchObject([
        {
          ...{ code: 'type-not-on-spot', severity: 'warning' },
          seen: 'it buys SPOT, and z9d cannot be bought so',
          fix: expect.stringMatching(/instanceTypes=c7a\.xlarge$/),
        },
      ]);
      const rows = fitRows(on(['c7a.xlarge', 'z9d']), [wantedClass()]);
      expect(rows.known && rows.value.map(({ type }) => type.type)).toEqual(['c7a.xlarge']);
    });

    test('are an error where there is nothing else', () => {
      expect(findings(on(['z9d']))).toMatchObject([{ code: 'types-not-on-spot', severity: 'error' }]);
    });

    test('may be bought On-Demand', () => {
      const facts = on(['z9d'], { buys: 'EC2', spot: false });
      expect(checkNamed(judge(facts), 'types').findings).toEqual([]);
    });
  });

  test('of both architectures in one environment are mixed', () => {
    const facts = withEnvironment({ types: ['c7a', 'c7g'] }, { instances: ['c7a', 'c7g'] });
    expect(findings(facts)).toMatchObject([
      {
        code: 'architecture-mixed',
        seen: 'spot-1 starts c7a (amd64) and c7g (arm64)',
        fix: expect.stringContaining('instanceTypes=c7a'),
      },
    ]);
  });

  test('of both architectures in one queue are mixed', () => {
    const environments = [environment(), environment({ name: 'spot-2', types: ['c7g'] })];
    const wanted = { instances: ['c7a', 'c7g'] };
    expect(findings(withQueue({ wanted, environments }))).toMatchObject([
      { code: 'architecture-mixed', seen: 'spot-1 starts c7a (amd64); spot-2 starts c7g (arm64)' },
    ]);
  });

  test('of another architecture than muster.yaml says are told with the word to write', () => {
    const facts = withEnvironment({ types: ['c7g'] }, { instances: ['c7g'] });
    expect(findings(facts)).toMatchObject([
      { code: 'architecture-differs', fix: expect.stringContaining('queues.spot.architecture: arm64') },
    ]);
  });

  test('nobody may ask about leave types, offerings and fit undone', () => {
    const answer = refused('ec2:DescribeInstanceTypes');
    const checks = judge(account({ types: { types: answer, offered: answer } }));
    for (const name of ['types', 'offerings', 'fit', 'scratch']) {
      expect(checkNamed(checks, name)).toMatchObject({ findings: [], notDone: [{ action: answer.action }] });
    }
    expect(checkNamed(checks, 'room').notDone).toEqual([]);
  });
});

describe('offerings', () => {
  const offering = (a: readonly string[], b: readonly string[]) => ({
    ...typeFacts(),
    offered: known(
      new Map([
        ['us-east-1a', new Set(a)],
        ['us-east-1b', new Set(b)],
      ]),
    ),
  });
  const c7a = family('c7a').map(({ type }) => type);

  test('in no zone of the subnets are an error', () => {
    expect(findings(account({ types: offering([], ['m7a.large']) }))).toMatchObject([
      {
        code: 'types-not-offered',
        severity: 'error',
        seen: 'none of c7a is offered in us-east-1a, us-east-1b',
        fix: expect.stringContaining('describe-instance-type-offerings'),
      },
    ]);
  });

  test('of one size somewhere are enough for its family', () => {
    expect(codes(account({ types: offering(['c7a.large'], ['c7a.xlarge']) }))).toEqual([]);
  });

  test('that lack a whole family are a warning', () => {
    const scene = {
      wanted: { instances: ['c7a', 'm7a'] },
      environments: [environment({ types: ['c7a', 'm7a'] })],
    };
    expect(findings(withQueue(scene, { types: offering(c7a, c7a) }))).toMatchObject([
      {
        code: 'types-partly-offered',
        severity: 'warning',
        seen: 'm7a is not offered in us-east-1a, us-east-1b',
      },
    ]);
  });

  test('in one zone only leave the other subnet useless', () => {
    expect(findings(account({ types: offering(c7a, []) }))).toMatchObject([
      {
        code: 'zone-without-types',
        severity: 'warning',
        seen: expect.stringContaining('subnet-b (us-east-1b)'),
        fix: expect.stringMatching(/ended after 30 minutes.*: aws batch .* subnets=subnet-a$/),
      },
    ]);
  });

  test('in one zone only cannot be mended by an update where BEST_FIT refuses it', () => {
    const part = { strategy: 'BEST_FIT', spotFleetRole: 'arn:role' };
    const [found] = findings({ ...withEnvironment(part), types: offering(c7a, []) }).filter(
      ({ code }) => code === 'zone-without-types',
    );
    expect(found?.fix).toContain('create a compute environment like it');
    expect(found?.fix).not.toContain('update-compute-environment');
  });

  test('of an unknown subnet are the network’s to tell', () => {
    expect(codes(account({ zones: known(new Map()) }))).toEqual([]);
  });

  test('are not judged without the zones', () => {
    const checks = judge(account({ zones: refused('ec2:DescribeSubnets') }));
    expect(checkNamed(checks, 'offerings').notDone).toMatchObject([{ action: 'ec2:DescribeSubnets' }]);
    expect(checkNamed(checks, 'fit').notDone).toEqual([]);
  });

  test('decide which types slices can count on', () => {
    const types = offering(['c7a.large'], ['c7a.large']);
    expect(codes(account({ types }), [wantedClass({ vcpus: 16, memoryMib: 30_000 })])).toEqual([
      'fit-impossible',
    ]);
  });
});
