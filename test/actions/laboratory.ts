import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { AwsPlace, musterYaml } from '../cli/aws-place.ts';
import { toyGrid } from '../cli/place.ts';
import { type GithubSettings, type GithubUnderTest, startGithub } from '../github/start-github.ts';
import { type Identity, type IdentitySettings, startIdentity } from '../workflows/act/identity.ts';
import { type RunningStep, type Step, type StepRequest, startStep } from './runner.ts';

const root = resolve(import.meta.dirname, '../..');
export const repository = 'lab/grids';
const account = '123456789012';
export const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`;

type Permissions = Readonly<Record<string, 'read' | 'write'>>;

const workflowSchema = z.looseObject({
  jobs: z.record(
    z.string(),
    z.looseObject({ permissions: z.record(z.string(), z.enum(['read', 'write'])).default({}) }),
  ),
});

const plansSchema = z.array(z.looseObject({ run: z.string() }));
const endedSchema = z.array(z.string());

/** The block of a job, as the workflow has it. */
export function permissionsOf(workflow: string, job: string): Permissions {
  const text = readFileSync(join(root, '.github/workflows', `${workflow}.yml`), 'utf8');
  const found = workflowSchema.parse(parse(text)).jobs[job];
  if (found === undefined) throw new Error(`${workflow}.yml has no job ${job}`);
  return found.permissions;
}

export interface JobRequest extends Pick<StepRequest, 'action' | 'with' | 'event' | 'bundles'> {
  /** `watch/look`: whose permissions the token has. */
  readonly job: string;
  /** Taken from them. */
  readonly without?: string;
  /** Given instead of them. */
  readonly permissions?: Permissions;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface LaboratorySettings {
  readonly github?: GithubSettings;
  readonly identity?: Partial<IdentitySettings>;
  readonly musterYaml?: string;
  readonly grid?: string;
}

/** A repository on a GitHub, its checkout on a runner, an AWS account behind it: all over HTTP on this machine. */
export class Laboratory implements AsyncDisposable {
  readonly github: GithubUnderTest;
  readonly aws: AwsPlace;
  readonly identity: Identity;
  readonly #endpoints: Readonly<Record<string, string>>;

  private constructor(
    github: GithubUnderTest,
    aws: AwsPlace,
    identity: Identity,
    endpoints: Readonly<Record<string, string>>,
  ) {
    this.github = github;
    this.aws = aws;
    this.identity = identity;
    this.#endpoints = endpoints;
  }

  static async open(settings: LaboratorySettings = {}): Promise<Laboratory> {
    const environments = { spend: {}, launch: {}, watch: {}, images: {} };
    const [github, aws, identity] = await Promise.all([
      startGithub({ repository, environments, ...settings.github }),
      AwsPlace.open(),
      startIdentity({
        subject: `repo:${repository}:ref:refs/heads/main`,
        ...{ accessKey: 'AKIDEXAMPLE', secretKey: 'secret' },
        ...settings.identity,
      }),
    ]);
    const { stdout } = await aws.place.shell('echo "$AWS_ENDPOINT_URL $AWS_ENDPOINT_URL_S3"');
    const [batch = '', s3 = ''] = stdout.trim().split(' ');
    const laboratory = new Laboratory(github, aws, identity, {
      ...{ AWS_ENDPOINT_URL: batch, AWS_ENDPOINT_URL_S3: s3, AWS_EC2_METADATA_DISABLED: 'true' },
    });
    await laboratory.push({
      '.github/workflows/watch.yml': readFileSync(join(root, '.github/workflows/watch.yml'), 'utf8'),
      'muster.yaml': settings.musterYaml ?? musterYaml,
      'docker/toy/bin/toy': aws.place.read('docker/toy/bin/toy'),
      'grids/toy.yaml': settings.grid ?? toyGrid,
    });
    return laboratory;
  }

  /** A commit on a branch, checked out. */
  async push(files: Readonly<Record<string, string>>, branch = 'main'): Promise<string> {
    for (const [file, text] of Object.entries(files)) this.checkOut(file, text);
    return this.github.seed(files, branch);
  }

  checkOut(file: string, text: string): void {
    // The program is there already, and may be run.
    if (!file.startsWith('docker/')) this.aws.place.write(file, text);
  }

  /** The program fails for these values of `n`. */
  break(...values: readonly number[]): void {
    writeFileSync(`${this.aws.place.diary}.broken`, values.map((value) => `${value}\n`).join(''));
  }

  async start(request: JobRequest): Promise<RunningStep> {
    const [workflow = '', job = ''] = request.job.split('/');
    const held = Object.entries(request.permissions ?? permissionsOf(workflow, job)).filter(
      ([name]) => name !== request.without,
    );
    const hasIdToken = held.some(([name]) => name === 'id-token');
    const token = await this.github.token(Object.fromEntries(held.filter(([name]) => name !== 'id-token')));
    const { AWS_ENDPOINT_URL_STS = '', ...idToken } = this.identity.environment;
    return startStep({
      ...{ action: request.action, workspace: this.aws.place.root, token },
      ...(request.bundles !== undefined && { bundles: request.bundles }),
      ...(request.event !== undefined && { event: request.event }),
      with: { 'role-arn': roleArn('WATCH'), ...request.with },
      environment: {
        ...this.#endpoints,
        AWS_ENDPOINT_URL_STS,
        ...(hasIdToken && idToken),
        GITHUB_REPOSITORY: repository,
        GITHUB_API_URL: this.github.url,
        GITHUB_SERVER_URL: this.github.url,
        ...request.environment,
      },
    });
  }

  async step(request: JobRequest): Promise<Step> {
    return (await this.start(request)).ended;
  }

  /** A step that has to succeed. */
  async good(request: JobRequest): Promise<Step> {
    const step = await this.step(request);
    if (step.code !== 0)
      throw new Error(`${request.action} ended with ${step.code}:\n${step.log}\n${step.summary}`);
    return step;
  }

  /** Adopts the repository, then launches a grid from main: its run. */
  async launch(grid: string): Promise<string> {
    await this.good({ action: 'submit-ensemble', job: 'launch/submit' });
    await this.push({ 'grids/toy.yaml': grid });
    const planned = await this.good({ action: 'plan-grid', job: 'launch/what' });
    const plans = planned.outputs.open ?? '';
    await this.good({ action: 'submit-ensemble', job: 'launch/submit', with: { plans } });
    const [entry] = plansSchema.parse(JSON.parse(plans));
    if (entry === undefined) throw new Error(`nothing to launch: ${planned.summary}`);
    return entry.run;
  }

  /** Looks as often as it takes; the runs that have ended. */
  async watchUntilEnded(looks = 60): Promise<readonly string[]> {
    for (let look = 0; look < looks; look += 1) {
      const { outputs } = await this.good({ action: 'poll-ensembles', job: 'watch/look' });
      const ended = endedSchema.parse(JSON.parse(outputs.ended ?? ''));
      if (ended.length > 0) return ended;
    }
    throw new Error(`${looks} looks did not see the run end`);
  }

  /** Opens a pull request of a branch; the payload of its event. */
  async pullRequest(branch: string, from = repository): Promise<{ number: number; event: object }> {
    await this.github.git.ask('POST', '/pulls', { title: branch, head: branch, base: 'main' });
    const pull = (await this.github.pulls()).find(({ head }) => head.ref === branch);
    if (pull === undefined) throw new Error(`no pull request of ${branch}`);
    const head = { ref: branch, repo: { full_name: from } };
    return { number: pull.number, event: { pull_request: { number: pull.number, head } } };
  }

  /** The pull request of a run. */
  async review() {
    return (await this.github.pulls()).find(({ head }) => head.ref.startsWith('muster/'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.identity[Symbol.asyncDispose]();
    await this.aws[Symbol.asyncDispose]();
    await this.github.close();
  }
}
