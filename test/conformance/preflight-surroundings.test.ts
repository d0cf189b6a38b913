import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { clientConfig, once } from '../../src/aws/settings.ts';
import { openPreflightClients, type PreflightClients } from '../../src/preflight/clients.ts';
import type { Check } from '../../src/preflight/finding.ts';
import { gatherIdentity } from '../../src/preflight/surroundings/identity.ts';
import { gatherImages } from '../../src/preflight/surroundings/images.ts';
import { judgeIdentity } from '../../src/preflight/surroundings/judge-identity.ts';
import { judgeImages } from '../../src/preflight/surroundings/judge-images.ts';
import { judgeRoles } from '../../src/preflight/surroundings/judge-roles.ts';
import { judgeStorage } from '../../src/preflight/surroundings/judge-storage.ts';
import { gatherRoles, type RoleNeeds } from '../../src/preflight/surroundings/roles.ts';
import { gatherStorage, type StorageNeeds } from '../../src/preflight/surroundings/storage.ts';
import { codesIn, notDoneIn } from '../preflight/surroundings/found.ts';
import { moto, newBucket, rawS3 } from './moto.ts';

const region = 'us-east-1';
const account = '123456789012';
const suffix = `${process.pid}-${Date.now().toString(36)}`;
const named = (name: string) => `${name}-${suffix}`;

/** Whatever a check says, or that it says nothing. */
const told = (checks: readonly Check[]) => ({ codes: codesIn(checks), notDone: notDoneIn(checks) });
const nothing = { codes: [], notDone: [] };

let clients: PreflightClients;
beforeAll(async () => {
  clients = await openPreflightClients(moto);
});

describe('who asks, on moto,', () => {
  const ask = async (arn: string) => {
    const identity = await gatherIdentity(clients, region);
    return told(judgeIdentity(identity, [{ name: 'spot', arn }]));
  };

  test('is right for a queue of the account and region', async () => {
    expect(await ask(`arn:aws:batch:${region}:${account}:job-queue/spot`)).toEqual(nothing);
  });

  test('is of another account', async () => {
    const codes = ['account-elsewhere'];
    expect(await ask(`arn:aws:batch:${region}:210987654321:job-queue/spot`)).toEqual({ codes, notDone: [] });
  });

  test('asks another region', async () => {
    const codes = ['region-elsewhere'];
    expect(await ask(`arn:aws:batch:eu-west-1:${account}:job-queue/spot`)).toEqual({ codes, notDone: [] });
  });

  test('has a clock that is off', async () => {
    const identity = await gatherIdentity(clients, region, () => Date.now() + 3_600_000);
    expect(told(judgeIdentity(identity, []))).toEqual({ codes: ['clock-wrong'], notDone: [] });
  });
});

describe('roles, on moto,', () => {
  const trust = (service: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    });
  let right: RoleNeeds;
  const arns = new Map<string, string>();
  const newRole = async (name: string, service: string, path = '/') => {
    const made = { RoleName: named(name), Path: path, AssumeRolePolicyDocument: trust(service) };
    arns.set(name, (await clients.iam.createRole(made)).Role?.Arn ?? '');
    return named(name);
  };
  const newProfile = async (name: string, role?: string) => {
    const InstanceProfileName = named(name);
    const { InstanceProfile } = await clients.iam.createInstanceProfile({ InstanceProfileName });
    if (role !== undefined)
      await clients.iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName: role });
    return { environment: 'spot-c7a', profile: InstanceProfile?.Arn ?? '' };
  };
  const ask = async (changes: Partial<RoleNeeds>) =>
    told(judgeRoles(await gatherRoles(clients, { ...right, ...changes }), account));
  const arnOf = (name: string) => arns.get(name) ?? '';

  beforeAll(async () => {
    await newRole('job', 'ecs-tasks.amazonaws.com', '/lab/');
    await newRole('execution', 'ecs-tasks.amazonaws.com');
    const hosts = await newRole('hosts', 'ec2.amazonaws.com');
    const profile = await newProfile('hosts', hosts);
    right = { job: arnOf('job'), execution: arnOf('execution'), profiles: [profile] };
  });

  test('are right', async () => {
    expect(await ask({})).toEqual(nothing);
  });

  test('cost one call each, and a profile that environments share one', async () => {
    const calls: string[] = [];
    const counted = await openPreflightClients({
      ...moto,
      onRequest: (service, operation) => calls.push(`${service}:${operation}`),
    });
    const profiles = [...right.profiles, ...right.profiles.map((one) => ({ ...one, environment: 'other' }))];
    await gatherRoles(counted, { ...right, profiles });
    expect(calls.toSorted()).toEqual(['IAM:GetInstanceProfile', 'IAM:GetRole', 'IAM:GetRole']);
  });

  test('do not exist', async () => {
    const job = `arn:aws:iam::${account}:role/${named('none')}`;
    expect(await ask({ job })).toEqual({ codes: ['role-missing'], notDone: [] });
  });

  test('lack their path', async () => {
    const job = `arn:aws:iam::${account}:role/${named('job')}`;
    expect(await ask({ job })).toEqual({ codes: ['role-path'], notDone: [] });
  });

  test('trust another service', async () => {
    expect(await ask({ job: arnOf('hosts') })).toEqual({ codes: ['role-trust'], notDone: [] });
  });

  test('have no instance profile, an empty one, or one of another service', async () => {
    const missing = { environment: 'spot-c7a', profile: named('nobody') };
    const empty = await newProfile('empty');
    const wrong = await newProfile('wrong', named('execution'));
    expect(await ask({ profiles: [missing] })).toMatchObject({ codes: ['instance-profile-missing'] });
    expect(await ask({ profiles: [empty] })).toMatchObject({ codes: ['instance-profile-empty'] });
    expect(await ask({ profiles: [wrong] })).toMatchObject({ codes: ['instance-role-trust'] });
  });
});

describe('storage, on moto,', () => {
  let right: StorageNeeds;
  const group = named('/lab/jobs');
  const s3 = rawS3();
  const ask = async (changes: Partial<StorageNeeds>) =>
    told(judgeStorage(await gatherStorage(clients, region, { ...right, ...changes })));

  beforeAll(async () => {
    const name = await newBucket('preflight');
    await s3.putObject({ Bucket: name, Key: 'in/a', Body: 'x' });
    await s3.putObject({ Bucket: name, Key: 'cold', Body: 'x', StorageClass: 'GLACIER' });
    await clients.logs.createLogGroup({ logGroupName: group });
    await clients.logs.putRetentionPolicy({ logGroupName: group, retentionInDays: 30 });
    const inputs = [`s3://${name}/in/a`, `s3://${name}/in/`];
    right = { bucket: { name, prefix: 'lab' }, inputs, logGroup: group, probe: true };
  });

  test('is right, and the trial leaves nothing', async () => {
    expect(await ask({})).toEqual(nothing);
    const { KeyCount } = await s3.listObjectsV2({ Bucket: right.bucket?.name ?? '', Prefix: 'lab/' });
    expect(KeyCount).toBe(0);
  });

  test('is not there', async () => {
    expect(await ask({ bucket: { name: named('nowhere'), prefix: '' }, inputs: [] })).toEqual({
      codes: ['bucket-missing'],
      notDone: [],
    });
  });

  test('is in another region', async () => {
    const name = named('preflight-far');
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    await rawS3({ region: 'eu-west-1' }).createBucket({ Bucket: name, CreateBucketConfiguration });
    expect(await ask({ bucket: { name, prefix: '' } })).toEqual({ codes: ['bucket-elsewhere'], notDone: [] });
  });

  test('hoards versions until a rule lets them expire', async () => {
    const Bucket = await newBucket('preflight-versions');
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await s3.putBucketVersioning({ Bucket, VersioningConfiguration });
    const bucket = { name: Bucket, prefix: '' };
    const hoards = { codes: ['bucket-keeps-versions'], notDone: [] };
    expect(await ask({ bucket })).toEqual(hoards);
    const ruled = (Status: 'Enabled' | 'Disabled') =>
      s3.putBucketLifecycleConfiguration({
        Bucket,
        LifecycleConfiguration: {
          Rules: [{ Status, Filter: { Prefix: '' }, NoncurrentVersionExpiration: { NoncurrentDays: 30 } }],
        },
      });
    await ruled('Disabled');
    expect(await ask({ bucket })).toEqual(hoards);
    await ruled('Enabled');
    expect(await ask({ bucket })).toEqual(nothing);
  });

  test.each([
    ['gone', 'input-missing'],
    ['none/', 'input-missing'],
    ['cold', 'input-archived'],
  ])('lacks the input %s', async (key, code) => {
    const inputs = [`s3://${right.bucket?.name}/${key}`];
    expect(await ask({ inputs })).toEqual({ codes: [code], notDone: [] });
  });

  test('lacks the bucket of an input', async () => {
    const inputs = [`s3://${named('nowhere')}/a`, `s3://${named('nowhere')}/a/`];
    expect((await ask({ inputs })).codes).toEqual(['input-missing', 'input-missing']);
  });

  test('has no log group, or one that has only the same beginning', async () => {
    expect((await ask({ logGroup: named('/none') })).codes).toEqual(['log-group-missing']);
    expect((await ask({ logGroup: group.slice(0, -1) })).codes).toEqual(['log-group-missing']);
  });

  test('keeps logs for ever', async () => {
    const logGroup = named('/lab/for-ever');
    await clients.logs.createLogGroup({ logGroupName: logGroup });
    expect((await ask({ logGroup })).codes).toEqual(['logs-never-expire']);
  });
});

describe('images, on moto,', () => {
  const repositoryName = named('lab/demo');
  const references = new Map<string, string>();
  const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const oci = (kind: string) => `application/vnd.oci.image.${kind}.v1+json`;

  /** moto takes digests on trust, and makes up the same one for many. */
  async function push(content: object, mediaType: string): Promise<string> {
    const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType, ...content });
    const imageDigest = digestOf(imageManifest);
    const image = { repositoryName, imageManifest, imageDigest, imageManifestMediaType: mediaType };
    await clients.ecr.putImage(image);
    return imageDigest;
  }
  const member = async (architecture: string) => {
    const config = { mediaType: oci('config'), digest: digestOf(architecture), size: 2 };
    const layers = [{ mediaType: oci('layer'), digest: digestOf(`layer ${architecture}`), size: 2 }];
    const digest = await push({ config, layers }, oci('manifest'));
    return { digest, mediaType: oci('manifest'), size: 2, platform: { os: 'linux', architecture } };
  };
  const at = (digest: string, name = repositoryName) =>
    `${account}.dkr.ecr.${region}.amazonaws.com/${name}@${digest}`;

  beforeAll(async () => {
    await clients.ecr.createRepository({ repositoryName });
    const [arm64, amd64] = [await member('arm64'), await member('amd64')];
    const index = (...manifests: readonly object[]) => push({ manifests }, oci('index'));
    references.set('both', at(await index(arm64, amd64)));
    references.set('one', at(await index(amd64)));
    const lost = { ...arm64, digest: digestOf('nobody') };
    references.set('lost', at(await index(amd64, lost)));
    references.set('gone', at(digestOf('gone')));
    references.set('no repository', at(digestOf('gone'), named('lab/none')));
  });

  async function look(name: string) {
    const { ECR } = await import('@aws-sdk/client-ecr');
    const ecr = new ECR(clientConfig(moto, once));
    const reference = references.get(name) ?? name;
    const wanted = { name: 'demo', reference, architectures: ['arm64', 'amd64'] } as const;
    return told(judgeImages(await gatherImages({ ecr }, [wanted], { region }), { region, account }));
  }

  /** moto hands out no blobs, so what is inside a member stays unknown. */
  const inside = ['architectures', 'worker'];

  test('are right with both architectures', async () => {
    expect(await look('both')).toEqual({ codes: [], notDone: inside });
  });

  test.each([
    ['one', 'image-architecture-missing', inside],
    ['lost', 'image-architecture-missing', inside],
    ['gone', 'image-missing', []],
    ['no repository', 'image-repository-missing', []],
  ])('with %s are %s', async (name, code, notDone) => {
    expect(await look(name)).toEqual({ codes: [code], notDone });
  });
});
