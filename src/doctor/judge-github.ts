import type { Answer } from '../aws/answer.ts';
import { checked, findingsOf, nothingToCheck, type Verdict, verdictOn } from '../preflight/codes.ts';
import type { Check, Finding } from '../preflight/finding.ts';
import { doctorCodes } from './codes.ts';
import { type GithubFacts, isSame, type Values } from './github.ts';
import { judgeSubject, judgeTrust } from './judge-subject.ts';
import type { RoleTrust } from './oidc-trust.ts';
import { ownersOf } from './owners.ts';
import type { VariableUse } from './workflows.ts';

const finding = findingsOf(doctorCodes);
const group = 'repository';
const watchFile = '.github/workflows/watch.yml';

/** @param facts absent: nobody can ask GitHub, for this reason. */
export function judgeGithub(
  facts: GithubFacts | string,
  trusts: readonly RoleTrust[] | string,
): readonly Check[] {
  if (typeof facts === 'string') {
    return [nothingToCheck({ group, check: 'github', title: 'The repository on GitHub is set up' }, facts)];
  }
  return [
    judgePrs(facts),
    judgeVariables(facts),
    judgeEnvironments(facts),
    judgeWatch(facts),
    judgeOwners(facts),
    judgeSubject(facts),
    judgeTrust(facts, trusts),
  ];
}

const settingsOf = ({ repository: { server, owner, name } }: GithubFacts) =>
  `${server}/${owner}/${name}/settings`;

function judgePrs(facts: GithubFacts): Check {
  const row = { group, check: 'pull-requests', title: 'GitHub Actions may create pull requests' } as const;
  const told = {
    about: 'Actions, General, Workflow permissions',
    seen: '"Allow GitHub Actions to create and approve pull requests" is off',
    fix: `Switch it on: ${settingsOf(facts)}/actions`,
  };
  return checked(row, [
    verdictOn(facts.mayCreatePrs, (may) => (may ? [] : [finding('actions-no-prs', told)])),
  ]);
}

function judgeVariables(facts: GithubFacts): Check {
  const row = { group, check: 'variables', title: 'Variables that workflows need are set' } as const;
  const needed = facts.needs.variables.filter(({ neededIn }) => neededIn.length > 0);
  if (needed.length === 0) return nothingToCheck(row, 'no workflow here needs one');
  return checked(
    row,
    needed.map((use) => judgeVariable(facts, use)),
  );
}

/** Set for all jobs, or in each environment whose jobs need it; of one that is computed nobody knows which it is. */
function judgeVariable(
  { variables, environmentVariables, repository: { owner, name } }: GithubFacts,
  { name: variable, neededIn }: VariableUse,
): Verdict {
  return verdictOn(variables, (shared) => {
    if (shared.has(variable)) return [];
    const candidates = neededIn.map((environment) =>
      environment === '*' ? [...environmentVariables.values()] : [environmentVariables.get(environment)],
    );
    const answers = candidates.map((some) => isSet(variable, some));
    if (answers.includes('no')) {
      const places = neededIn.filter((_, at) => answers[at] === 'no').map(placeWords);
      return [
        finding('variable-missing', {
          about: variable,
          seen: `vars.${variable} is read ${places.join(' and ')}, and set neither there nor for the whole repository or its organization`,
          fix: `gh variable set ${variable} --repo ${owner}/${name}`,
        }),
      ];
    }
    const asked = candidates.flat().find((values) => values?.known === false);
    return answers.includes('unknown') && asked?.known === false ? asked : [];
  });
}

function isSet(variable: string, candidates: readonly (Answer<Values> | undefined)[]) {
  if (candidates.some((values) => values?.known === true && values.value.has(variable))) return 'yes';
  return candidates.some((values) => values?.known === false) ? 'unknown' : 'no';
}

function placeWords(environment: string): string {
  if (environment === '') return 'outside of environments';
  return environment === '*' ? 'in an environment that is computed' : `in environment ${environment}`;
}

function judgeEnvironments(facts: GithubFacts): Check {
  const row = {
    group,
    check: 'environments',
    title: 'Environments of workflows exist and ask somebody',
  } as const;
  const { needs, environments } = facts;
  if (needs.environments.length === 0) return nothingToCheck(row, 'no workflow here names one');
  const fix = (name: string) => `${settingsOf(facts)}/environments: ${name}, with required reviewers`;
  return checked(row, [
    verdictOn(environments, (known) =>
      needs.environments.flatMap((name): readonly Finding[] => {
        const found = known.find((one) => isSame(one.name, name));
        const about = `environment ${name}`;
        if (found === undefined) {
          return [
            finding('github-environment-missing', {
              about,
              seen: 'there is none',
              fix: `Create it: ${fix(name)}`,
            }),
          ];
        }
        if (found.reviewers) return [];
        return [
          finding('github-environment-open', {
            about,
            seen: 'it has no required reviewers',
            fix: `Add them: ${fix(name)}`,
          }),
        ];
      }),
    ),
  ]);
}

function judgeWatch({ needs, workflows, repository: { owner, name } }: GithubFacts): Check {
  const row = { group, check: 'watch', title: 'The watch workflow is active' } as const;
  if (!needs.files.includes('watch.yml')) return nothingToCheck(row, `there is no ${watchFile}`);
  const judge = (known: readonly { readonly path: string; readonly state: string }[]) => {
    const found = known.find(({ path }) => path === watchFile);
    const about = watchFile;
    if (found === undefined) {
      const seen = 'it is here, and GitHub does not know it';
      return [finding('watch-missing', { about, seen, fix: doctorCodes['watch-missing'].fix })];
    }
    if (found.state === 'active') return [];
    const fix = `gh workflow enable watch.yml --repo ${owner}/${name}`;
    return [finding('watch-inactive', { about, seen: `its state is ${found.state}`, fix })];
  };
  return checked(row, [verdictOn(workflows, judge)]);
}

/** One grid stands for all: a pattern that spares some of them by name is somebody's wish. */
const guarded = [
  { path: 'grids/grid.yaml', shown: 'grids/**', line: '/grids/ @<team>' },
  { path: 'muster.yaml', shown: 'muster.yaml', line: '/muster.yaml @<team>' },
];

function judgeOwners({ owners }: GithubFacts): Check {
  const row = {
    group,
    check: 'codeowners',
    title: 'Changes of grids and muster.yaml need a code owner',
  } as const;
  const free = guarded.filter(({ path }) => ownersOf(owners?.text ?? '', path).length === 0);
  const file = owners?.file ?? '.github/CODEOWNERS';
  return checked(row, [
    free.map(({ shown, line }) =>
      finding('no-codeowners', {
        about: shown,
        seen: owners === undefined ? 'there is no CODEOWNERS file' : `${file} gives it no owner`,
        fix: `Add to ${file}: \`${line}\``,
      }),
    ),
  ]);
}
