import type { Codes } from '../preflight/codes.ts';

const machine = {
  'node-old': {
    severity: 'error',
    means: 'Node is older than Muster needs',
    why: 'Commands end with a syntax error, or in the middle.',
    fix: 'Install Node 24, or start the `muster` of a clone, which brings its own.',
  },
  'no-git': {
    severity: 'warning',
    means: 'The folder is no git repository, or has no commit',
    why: 'Runs are recorded without the commit they were launched from, and nobody can review them.',
    fix: 'git init, then see with `git status` what lies here, and commit the grids, docker/ and muster.yaml.',
  },
  'bundles-stale': {
    severity: 'warning',
    means: 'The bundles in `dist/` are older than the sources of this clone',
    why: '`npx muster` and the local engine run what was built, not what is written.',
    fix: 'npm run build',
  },
  'docker-silent': {
    severity: 'warning',
    means: 'Docker is not installed, or its daemon does not answer',
    why: 'Images cannot be built here, and `--containers` does not work; everything else does.',
    fix: 'Install Docker, start it, and let this user reach its socket.',
  },
  'no-buildx': {
    severity: 'warning',
    means: 'Docker has no `buildx`',
    why: '`muster image build` cannot build here.',
    fix: 'Install the buildx plugin (Debian and Ubuntu: docker-buildx or docker-buildx-plugin).',
  },
  'no-emulation': {
    severity: 'warning',
    means: 'Docker cannot build for the other architecture',
    why: 'An image for queues of that architecture has to be built on another machine and joined.',
    fix: 'Register emulation: install qemu-user-static, or run `docker run --privileged --rm tonistiigi/binfmt --install all`.',
  },
  'scratch-small': {
    severity: 'warning',
    means: 'There is little room for temporary files',
    why: 'Merging, fetching and building fail in the middle when the disk is full.',
    fix: 'Free some, or set TMPDIR to a folder of a larger disk.',
  },
} as const satisfies Codes;

const place = {
  'muster-yaml': {
    severity: 'error',
    means: '`muster.yaml` is not valid',
    why: 'Every command ends with the same message.',
    fix: 'Change the line that is named.',
  },
  'store-silent': {
    severity: 'error',
    means: 'The store cannot be listed',
    why: 'Nothing can be launched, watched or published.',
    fix: 'Mend what the message says: the address, the rights, or the network.',
  },
  'no-credentials': {
    severity: 'error',
    means: 'There are no credentials for AWS',
    why: 'No call to AWS can be signed.',
    fix: '`aws sso login`, or set AWS_PROFILE.',
  },
} as const satisfies Codes;

const github = {
  'actions-no-prs': {
    severity: 'error',
    means: 'GitHub Actions may not create pull requests',
    why: 'No review is opened for a run, so nobody sees its results.',
    fix: 'Settings, Actions, General: allow GitHub Actions to create and approve pull requests.',
  },
  'variable-missing': {
    severity: 'error',
    means: 'A workflow needs a variable that is not set',
    why: 'It is empty then: no role to assume, no bucket to write to.',
    fix: 'Set it: gh variable set <name>.',
  },
  'github-environment-missing': {
    severity: 'error',
    means: 'A workflow names an environment that does not exist',
    why: 'GitHub makes it on first use, without any protection: what it should guard is open.',
    fix: 'Create it in the settings, with its reviewers and branches.',
  },
  'github-environment-open': {
    severity: 'warning',
    means: 'An environment of a workflow asks no reviewer',
    why: 'Nobody has to agree before its jobs spend money; private repositories can ask only with GitHub Enterprise.',
    fix: 'Add required reviewers, or rely on CODEOWNERS and `money.ceiling_usd`.',
  },
  'watch-missing': {
    severity: 'warning',
    means: 'GitHub does not know the watch workflow of this repository',
    why: 'Nothing looks at running ensembles: budgets are not checked and nothing is published by itself.',
    fix: 'Push it to the default branch.',
  },
  'watch-inactive': {
    severity: 'error',
    means: 'The watch workflow is switched off; GitHub does so after 60 days without a commit',
    why: 'Nothing looks at running ensembles: budgets are not checked and nothing is published.',
    fix: 'gh workflow enable watch.yml',
  },
  'no-codeowners': {
    severity: 'warning',
    means: 'No code owner has to agree to changes of `grids/**` or `muster.yaml`',
    why: 'Whoever may merge may spend: these files say what runs and for how much.',
    fix: 'Name them in .github/CODEOWNERS, and require their review on the default branch.',
  },
  'oidc-subject-custom': {
    severity: 'warning',
    means: 'Tokens of this repository have a subject of its own form',
    why: 'Roles that trust the usual form refuse its jobs.',
    fix: 'Write that form into the trust policy of the roles.',
  },
  'oidc-trust': {
    severity: 'error',
    means: 'A role that workflows assume does not trust tokens of this repository',
    why: 'Its jobs cannot assume the role: they end before they ask anything of AWS.',
    fix: 'Name the subject in the trust policy of the role.',
  },
} as const satisfies Codes;

export const doctorCodes = { ...machine, ...place, ...github } as const satisfies Codes;
