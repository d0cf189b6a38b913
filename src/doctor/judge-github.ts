import { checked, findingsOf, nothingToCheck, verdictOn } from '../preflight/codes.ts';
import type { Check, Finding } from '../preflight/finding.ts';
import { doctorCodes } from './codes.ts';
import type { GithubFacts } from './github.ts';
import { judgeSubject, judgeTrust } from './judge-subject.ts';
import type { RoleTrust } from './oidc-trust.ts';
import { ownersOf } from './workflows.ts';

const finding = findingsOf(doctorCodes);
const group = 'repository';
const watchFile = '.github/workflows/watch.yml';

/** @param facts absent: nobody can ask GitHub, for this reason. */
export function judgeGithub(facts: GithubFacts | string, trusts: readonly RoleTrust[]): readonly Check[] {
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

const settingsOf = ({ repository: { owner, name } }: GithubFacts) =>
  `https://github.com/${owner}/${name}/settings`;

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

function judgeVariables({ needs, variables, repository: { owner, name } }: GithubFacts): Check {
  const row = { group, check: 'variables', title: 'Variables that workflows read are set' } as const;
  if (needs.variables.length === 0) return nothingToCheck(row, 'no workflow here reads one');
  const missing = (known: ReadonlyMap<string, string>) =>
    needs.variables
      .filter((variable) => !known.has(variable))
      .map((variable) =>
        finding('variable-missing', {
          about: variable,
          seen: `a workflow reads vars.${variable}, and neither the repository nor its organization has it`,
          fix: `gh variable set ${variable} --repo ${owner}/${name}`,
        }),
      );
  return checked(row, [verdictOn(variables, missing)]);
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
        // GitHub does not tell names apart by case.
        const found = known.find((one) => one.name.toLowerCase() === name.toLowerCase());
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
