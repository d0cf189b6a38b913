import type { Answer } from '../aws/answer.ts';
import { checked, findingsOf, nothingToCheck, type Verdict, verdictOn } from '../preflight/codes.ts';
import type { Check } from '../preflight/finding.ts';
import { doctorCodes } from './codes.ts';
import type { GithubFacts } from './github.ts';
import { assumedRoles, type RoleTrust } from './oidc-trust.ts';

const finding = findingsOf(doctorCodes);
const group = 'repository';

export function judgeSubject({ subject }: GithubFacts): Check {
  const form = subject.known ? `: ${subject.value.beginnings.join(' or ')}` : '';
  const row = { group, check: 'oidc-subject', title: `Tokens have the usual subject${form}` } as const;
  return checked(row, [
    verdictOn(subject, ({ isDefault, claims }) =>
      isDefault
        ? []
        : [
            finding('oidc-subject-custom', {
              about: 'subject of OIDC tokens',
              seen: `it is made of ${claims.join(', ') || 'claims that GitHub does not tell'}`,
              fix: doctorCodes['oidc-subject-custom'].fix,
            }),
          ],
    ),
  ]);
}

/** @param trusts or why nobody asked for them. */
export function judgeTrust(facts: GithubFacts, trusts: readonly RoleTrust[] | string): Check {
  const row = { group, check: 'oidc-trust', title: 'Roles of the workflows trust this repository' } as const;
  const { variables, subject } = facts;
  if (!variables.known) return checked(row, [variables]);
  if (!subject.known) return checked(row, [subject]);
  if (assumedRoles(facts).length === 0) return nothingToCheck(row, 'no variable that is set names a role');
  if (typeof trusts === 'string') return nothingToCheck(row, trusts);
  // Of another form nobody can tell what a token will say.
  if (!subject.value.isDefault) return nothingToCheck(row, 'the subject has a form of its own');
  return checked(
    row,
    trusts.map((trust) => judgeRole(trust, subject.value.beginnings)),
  );
}

function judgeRole({ variable, arn, subjects }: RoleTrust, beginnings: readonly string[]): Verdict {
  const about = `role ${arn} (vars.${variable})`;
  return verdictOn(subjects satisfies Answer<unknown>, (known) => {
    if (known.some((pattern) => beginnings.some((beginning) => mayMatch(pattern, beginning)))) return [];
    const seen =
      known.length === 0
        ? 'its trust policy names no subject of GitHub'
        : `its trust policy names ${known.slice(0, 5).join(', ')}`;
    const fix = `Let its trust policy name ${beginnings.map((one) => `${one}environment:<name>`).join(' and ')} as token.actions.githubusercontent.com:sub.`;
    return [finding('oidc-trust', { about, seen, fix })];
  });
}

/** Whether some token that begins so fits the pattern, which ends anywhere or has stars. */
function mayMatch(pattern: string, beginning: string): boolean {
  const [fixed = ''] = pattern.split(/[*?]/);
  return fixed.length < pattern.length && fixed.length < beginning.length
    ? beginning.startsWith(fixed)
    : fixed.startsWith(beginning);
}
