import { RemoteError } from '../errors.ts';
import { formatReference, type Reference } from './reference.ts';

/** The only tag that moves: all others keep naming what they named. */
export const movingTag = 'latest';

export const tagTaken = (reference: Reference, what: string): RemoteError =>
  new RemoteError(
    { service: reference.registry, operation: 'push' },
    `${formatReference(reference)} exists with other content: ${what}. Nothing was overwritten: what uses this tag keeps what it has. Push under another tag (only \`${movingTag}\` may move), or delete the tag in the registry if nothing uses it.`,
  );
