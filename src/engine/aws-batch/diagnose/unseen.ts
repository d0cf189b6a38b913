import type { Evidence } from '../evidence/evidence.ts';

/** What was not looked at, behind a judgement that rests on the rest; empty where all was. */
export function unseenWords({ notSeen }: Pick<Evidence, 'notSeen'>): string {
  const [first] = notSeen;
  if (first === undefined) return '';
  const actions = notSeen.map(({ action }) => action).join(', ');
  return ` Not looked at, because these calls were refused or failed: ${actions}. The first: “${first.why}”.`;
}
