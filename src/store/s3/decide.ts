import type { AwsFault } from '../../aws/fault.ts';
import type { PutCondition } from '../store.ts';
import { isNoObject } from './read.ts';

/** What to do after a conditional write that failed (AB 7.1). */
export type Next =
  /** The condition does not hold, and no earlier request of ours can be the reason. */
  | 'conflict'
  /** It does not hold, but what is there may be our own. */
  | 'compare'
  /** Another write was under way: nothing is known about the condition. */
  | 'again'
  | 'fail';

/** @param maybeOurs an earlier request of the same write got no answer, in whichever call: it may have been carried out. */
export function afterFault(fault: AwsFault, condition: PutCondition, maybeOurs: boolean): Next {
  const { status, name } = fault;
  if (status === 412) return condition.kind === 'absent' || maybeOurs ? 'compare' : 'conflict';
  if (status === 409) return 'again';
  if (name === 'NoSuchUpload') return maybeOurs ? 'compare' : 'again';
  // If-Match on an object that is gone.
  if (isNoObject(fault) && condition.kind === 'version') return 'conflict';
  return 'fail';
}
