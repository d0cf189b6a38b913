import type { AwsSettings } from '../aws/settings.ts';
import { ConfigurationError } from '../errors.ts';
import type { Architecture } from './architecture.ts';
import { buildImage } from './build.ts';
import { findIndex, wholeIndexNames } from './indexes.ts';
import { type JoinedImage, joinMembers } from './join.ts';
import { contentOf, sameContent } from './labels.ts';
import { findLocal, type LocalImage } from './local.ts';
import { findMember, type Member, type MemberRequest, pushMember } from './push.ts';
import type { Recipe } from './recipe.ts';
import { ecrOf, formatReference } from './reference.ts';
import type { Registry } from './registry.ts';
import type { Repository } from './resolve.ts';
import type { ImageRoom } from './room.ts';
import { movingTag } from './tag-taken.ts';
import { indexTag, memberTag } from './tags.ts';
import { entryPoint } from './worker-layer.ts';

export interface BuiltMember {
  readonly architecture: Architecture;
  readonly local: LocalImage;
  /** False: this machine had it, of the same content. */
  readonly built: boolean;
}

/** Its name in this machine's Docker. */
export const localName = (
  { title, content }: Pick<Recipe, 'title' | 'content'>,
  architecture: Architecture,
) => `muster-local/${title}:${memberTag(content, architecture)}`;

/** The image of one architecture, with the worker, in this machine's Docker. Throws `BuildError`. */
export async function buildMember(
  room: Pick<ImageRoom, 'docker' | 'login'>,
  recipe: Recipe,
  architecture: Architecture,
): Promise<BuiltMember> {
  const { docker } = room;
  const tag = localName(recipe, architecture);
  const there = await findLocal(docker, tag);
  if (there?.architecture === architecture && sameContent(contentOf(there.labels), recipe.content)) {
    return { architecture, local: there, built: false };
  }
  using context = recipe.context();
  const { labels, buildArgs, createdAt } = recipe;
  docker.say(`building ${recipe.title} for ${architecture}`);
  const local = await buildImage(room, {
    ...{ folder: context.folder, architecture, tag, labels, createdAt },
    arguments: buildArgs,
  });
  return { architecture, local, built: true };
}

export interface PushRequest {
  readonly repository: Repository;
  /** To be built and pushed here, unless the registry has them. */
  readonly architectures: readonly Architecture[];
  /** All that the index is to have; absent: members are pushed and not joined yet. */
  readonly join?: readonly Architecture[];
  /** Further names of the index. */
  readonly names: readonly string[];
}

export interface Pushed {
  readonly members: readonly Member[];
  readonly joined?: JoinedImage;
  /** Names that stay with what they name; they may not move. */
  readonly taken: readonly string[];
}

/** Pushes what the registry does not have, and joins the images of all architectures into one index. */
export async function pushImage(room: ImageRoom, recipe: Recipe, request: PushRequest): Promise<Pushed> {
  const { repository, architectures, join } = request;
  const members: Member[] = [];
  for (const architecture of architectures) {
    members.push(await pushOne(room, recipe, memberOf(recipe, repository, architecture)));
  }
  if (join === undefined) return { members, taken: [] };
  for (const architecture of join.filter((one) => !architectures.includes(one))) {
    members.push(await pushedElsewhere(room, memberOf(recipe, repository, architecture)));
  }
  // One that joins more serves as well; a smaller one beside it would take `latest` from it.
  const there = await findIndex(room.registry, repository, wholeIndexNames(recipe.content, join));
  const own = there?.tag ?? indexTag(recipe.content, join);
  const { free, taken } = await freeNames(room.registry, repository, own, request.names);
  const wanted = { content: recipe.content, entrypoint: entryPoint };
  const joined = await joinMembers(room, { repository, members, tags: [own, ...free], wanted });
  return { members, joined, taken };
}

async function pushOne(room: ImageRoom, recipe: Recipe, request: MemberRequest): Promise<Member> {
  const there = await findMember(room, request);
  if (there !== undefined) return there;
  const { local } = await buildMember(room, recipe, request.architecture);
  return pushMember(room, request, local);
}

async function pushedElsewhere(room: ImageRoom, request: MemberRequest): Promise<Member> {
  const there = await findMember(room, request);
  if (there !== undefined) return there;
  throw new ConfigurationError({
    file: 'command line',
    message: `there is no image for ${request.architecture} to join: nobody has pushed ${formatReference(request.reference)}`,
    fix: `Push it from a machine that builds for ${request.architecture}, from the same commit and with the same Muster: muster image push <name> --architecture ${request.architecture}`,
  });
}

const memberOf = (recipe: Recipe, repository: Repository, architecture: Architecture): MemberRequest => ({
  reference: { ...repository, tag: memberTag(recipe.content, architecture) },
  ...{ architecture, content: recipe.content },
});

/** A commit or version that names an image already keeps naming it: only `latest` moves. */
export async function freeNames(
  registry: Pick<Registry, 'digest'>,
  repository: Repository,
  own: string,
  names: readonly string[],
): Promise<{ readonly free: readonly string[]; readonly taken: readonly string[] }> {
  const digestOf = (tag: string) => registry.digest({ ...repository, tag });
  const [mine, ...named] = await Promise.all([own, ...names].map(digestOf));
  const isFree = (name: string, index: number) =>
    name === movingTag || named[index] === undefined || named[index] === mine;
  return { free: names.filter(isFree), taken: names.filter((name, index) => !isFree(name, index)) };
}

/** ECR has no repository until somebody makes it. What is to be said about an existing one. */
export async function prepareRepository(
  aws: AwsSettings,
  { registry, repository }: Repository,
): Promise<readonly string[]> {
  const ecr = ecrOf(registry);
  if (ecr === undefined) return [];
  const { account, region } = ecr;
  const { callerAccount } = await import('./ecr/caller.ts');
  const caller = await callerAccount({ ...aws, region });
  if (caller !== account) return [ofAnother(registry, repository, account, caller)];
  const { openEcr } = await import('./ecr/client.ts');
  const { ensureRepository } = await import('./ecr/repository.ts');
  const name = { registryId: account, repositoryName: repository };
  const { created, warnings } = await ensureRepository(await openEcr({ ...aws, region }), name);
  return created ? [`made the repository ${repository} in ECR (${region})`] : warnings;
}

/** Who may push there need not be able to look at it. */
const ofAnother = (registry: string, repository: string, account: string, caller: string) =>
  `${registry} belongs to the account ${account}, and these are credentials of ${caller}: whether it has the repository ${repository} is not looked at, and none is made. If they are the wrong ones, name others (AWS_PROFILE); if the push fails, ask its keeper for the repository and the right to push.`;
