import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AwsPlace, musterYaml } from '../../cli/aws-place.ts';
import { toyGrid } from '../../cli/place.ts';
import { type GithubUnderTest, startGithub } from '../../github/start-github.ts';
import { root } from '../planted.ts';
import { ActPlace, type Event, type Ran } from './act.ts';
import { type Identity, startIdentity } from './identity.ts';
import { setUp } from './scripted.ts';

const repository = 'lab/grids';

/**
 * A repository of grids on a GitHub, an AWS account, and roles that jobs of the one assume in the other: what the
 * workflows need, all on this machine.
 */
export class Laboratory implements AsyncDisposable {
  readonly act = new ActPlace();
  readonly github: GithubUnderTest;
  readonly aws: AwsPlace;
  readonly identity: Identity;
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(
    github: GithubUnderTest,
    aws: AwsPlace,
    identity: Identity,
    environment: Readonly<Record<string, string>>,
  ) {
    this.github = github;
    this.aws = aws;
    this.identity = identity;
    this.#environment = environment;
  }

  static async open(): Promise<Laboratory> {
    const environments = { spend: { reviewers: ['ada'] }, launch: {}, watch: {}, images: {} };
    const [github, aws, identity] = await Promise.all([
      startGithub({ repository, environments }),
      AwsPlace.open(),
      // Keys of people: what roles may do is not the question here.
      startIdentity({ subject: `repo:${repository}:test`, accessKey: 'AKIDEXAMPLE', secretKey: 'secret' }),
    ]);
    const { stdout } = await aws.place.shell('echo "$AWS_ENDPOINT_URL $AWS_ENDPOINT_URL_S3"');
    const [batch = '', s3 = ''] = stdout.trim().split(' ');
    // act has one token for all jobs: what all of them ask for.
    const token = await github.token({
      ...{ actions: 'read', contents: 'write', 'pull-requests': 'write', statuses: 'write' },
    });
    const laboratory = new Laboratory(github, aws, identity, {
      ...identity.environment,
      ...{ GITHUB_TOKEN: token, GITHUB_REPOSITORY: repository, GITHUB_API_URL: github.url },
      ...{ GITHUB_GRAPHQL_URL: `${github.url}/graphql`, GITHUB_SERVER_URL: github.url },
      ...{ AWS_ENDPOINT_URL: batch, AWS_ENDPOINT_URL_S3: s3, AWS_EC2_METADATA_DISABLED: 'true' },
    });
    await laboratory.push({ ...workflows(), ...laboratory.#program(), 'grids/toy.yaml': toyGrid });
    return laboratory;
  }

  #program(): Readonly<Record<string, string>> {
    return {
      'muster.yaml': `${musterYaml}forge: github\nrepository: ${repository}\n`,
      'docker/toy/bin/toy': this.aws.place.read('docker/toy/bin/toy'),
    };
  }

  /** A commit on main, for GitHub and for what is checked out. */
  async push(files: Readonly<Record<string, string>>): Promise<string> {
    this.checkOut(files);
    return this.github.seed(files);
  }

  /** What the next run has in its workspace. */
  checkOut(files: Readonly<Record<string, string>>): void {
    for (const [file, text] of Object.entries(files)) {
      // Those of workflows are in the copy already, as the runner can read them.
      if (!file.startsWith('.github/')) this.act.write(file, text);
    }
    this.act.commit();
  }

  run(workflow: string, event: Event, also: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const [owner, name] = repository.split('/');
    const about = { full_name: repository, name, owner: { login: owner }, default_branch: 'main' };
    const payload = { repository: about, ...event.payload };
    const environment = { ...this.#environment, ...also };
    return this.act.run(workflow, { ...event, payload }, { variables: setUp, environment });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.act[Symbol.dispose]();
    await this.identity[Symbol.asyncDispose]();
    await this.aws[Symbol.asyncDispose]();
    await this.github.close();
  }
}

/** As GitHub has them: whether the watch is active is asked. */
function workflows(): Readonly<Record<string, string>> {
  const paths = readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`);
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}
