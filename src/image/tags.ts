import { type Architecture, architectures } from './architecture.ts';
import type { Content } from './labels.ts';
import { movingTag } from './tag-taken.ts';

/** What a tag may hold at most; the pattern is that of the OCI distribution specification. */
const longest = 128;

/** Content identity of an image and of the worker layer on it: 64 hex digits each. */
export type Wrapped = Required<Content>;

/**
 * Begins every tag that says what is inside: the program's identity and the worker's. Nothing else is ever pushed under
 * them, so whoever finds one need not build. By itself it is the index of all architectures.
 */
export const contentTag = ({ identity, worker }: Wrapped): string =>
  `${identity.slice(0, 12)}-${worker.slice(0, 8)}`;

/** Of one member, until and after members are joined: an index is made of what has been pushed. */
export const memberTag = (content: Wrapped, architecture: Architecture): string =>
  `${contentTag(content)}-${architecture}`;

/** Of an index: one that joins fewer architectures than there are says so, because it cannot grow under its tag. */
export function indexTag(content: Wrapped, joined: readonly Architecture[]): string {
  const own = architectures.filter((one) => joined.includes(one));
  const all = own.length === architectures.length;
  return `${contentTag(content)}${all ? '' : `-only-${own.join('-')}`}`;
}

export interface Origin {
  /** 40 hex digits; null outside git. */
  readonly commit: string | null;
  /** Files of the image differ from the commit: its tag would lie. */
  readonly changed: boolean;
  /** Tag of git on the commit, such as `v1.2.0`. */
  readonly version?: string;
}

/** What people look for, beside the content: the commit, the version, `latest`. Only `latest` ever moves. */
export function namesOf({ commit, changed, version }: Origin): readonly string[] {
  if (commit === null || changed) return [movingTag];
  const names = [`commit-${commit.slice(0, 12)}`, ...(version === undefined ? [] : [safeTag(version)])];
  return [...names.filter((name) => name !== movingTag), movingTag];
}

/** `release/1.0+b` -> `release-1.0-b`: characters that tags do not have become `-`, and none comes first. */
export function safeTag(text: string): string {
  const safe = text.replaceAll(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[.-]+/, '');
  return (safe === '' ? 'unnamed' : safe).slice(0, longest);
}
