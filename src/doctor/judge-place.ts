import { type ConfigurationError, describeProblem } from '../errors.ts';
import { checked, findingsOf, nothingToCheck } from '../preflight/codes.ts';
import type { Check } from '../preflight/finding.ts';
import { judgeIdentity } from '../preflight/surroundings/judge-identity.ts';
import type { WantedQueue } from '../preflight/wanted.ts';
import { doctorCodes } from './codes.ts';
import type { AccountFacts, StoreFacts } from './place.ts';

const finding = findingsOf(doctorCodes);

/** @param error what reading it threw; absent: it is valid, or there is none. */
export function judgeConfiguration(error: ConfigurationError | undefined, isThere: boolean): Check {
  const row = { group: 'repository', check: 'muster-yaml', title: 'muster.yaml is valid' } as const;
  if (!isThere) return nothingToCheck(row, 'there is none, so everything has its default');
  const problems = error?.problems ?? [];
  return checked(row, [
    problems.map((problem) =>
      finding('muster-yaml', {
        about: problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`,
        seen: problem.message,
        fix: problem.fix ?? describeProblem(problem),
      }),
    ),
  ]);
}

/** @param facts absent: nothing here is about AWS. */
export function judgeAccount(
  facts: AccountFacts | undefined,
  queues: readonly Pick<WantedQueue, 'name' | 'arn'>[],
): readonly Check[] {
  const row = { group: 'identity', check: 'credentials', title: 'There are credentials for AWS' } as const;
  if (facts === undefined) return [nothingToCheck(row, 'engine and store are on this machine')];
  const { source, region, identity } = facts;
  if (!source.known) {
    const told = { about: 'credentials', seen: source.why, fix: doctorCodes['no-credentials'].fix };
    return [checked(row, [[finding('no-credentials', told)]])];
  }
  const title = `There are credentials for AWS, from ${source.value}`;
  return [
    checked({ ...row, title }, [[]]),
    ...(identity === undefined ? [] : judgeIdentity(identity, queues)).map((check) => {
      if (check.check === 'region' && region !== undefined) {
        const { file, line } = region.from;
        const place = line === undefined ? file : `${file}:${line}`;
        return { ...check, title: `The region is that of the queues: ${region.value}, from ${place}` };
      }
      if (check.check !== 'caller' || !identity?.caller.known) return check;
      return { ...check, title: `AWS knows who asks: ${identity.caller.value.arn}` };
    }),
  ];
}

/** @param facts or why it was not asked. */
export function judgeStore(facts: StoreFacts | string): Check {
  const row = { group: 'storage', check: 'store', title: 'The store answers' } as const;
  if (typeof facts === 'string') return nothingToCheck(row, facts);
  const { url, from, listing } = facts;
  const title = `The store answers: ${url}`;
  if (listing.known) return checked({ ...row, title }, [[]]);
  const told = { about: `${url} (${from})`, seen: listing.why, fix: doctorCodes['store-silent'].fix };
  return checked(row, [[finding('store-silent', told)]]);
}
