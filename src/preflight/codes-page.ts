import { doctorCodes } from '../doctor/codes.ts';
import { buyingCodes } from './capacity/buying-codes.ts';
import { fitCodes } from './capacity/fit-codes.ts';
import { machineCodes } from './capacity/machine-codes.ts';
import { environmentCodes, queueCodes } from './capacity/queue-codes.ts';
import type { CodeMeaning, Codes } from './codes.ts';
import { networkCodes } from './network/codes.ts';
import { definitionCodes } from './surroundings/judge-definition.ts';
import { identityCodes } from './surroundings/judge-identity.ts';
import { imageCodes } from './surroundings/judge-images.ts';
import { inputCodes } from './surroundings/judge-inputs.ts';
import { logCodes } from './surroundings/judge-log-group.ts';
import { moneyCodes } from './surroundings/judge-money.ts';
import { roleCodes } from './surroundings/judge-roles.ts';
import { storageCodes } from './surroundings/judge-storage.ts';

/** Every code that a finding can have, as people read them. */
export const allCodes: readonly (readonly [title: string, codes: readonly Codes[]])[] = [
  ['Region, identity, roles', [identityCodes, roleCodes]],
  ['Network', [networkCodes]],
  ['Queues and compute environments', [queueCodes, environmentCodes, buyingCodes]],
  ['Instance types and fit', [machineCodes, fitCodes]],
  ['Images', [imageCodes]],
  ['Definitions', [definitionCodes]],
  ['Storage, inputs, logs', [storageCodes, inputCodes, logCodes]],
  ['Money', [moneyCodes]],
  ['Machine and repository (`muster doctor`)', [doctorCodes]],
];

/** The page that says what each code means. */
export const codesPage = (): string =>
  `${[introduction, ...allCodes.map(([title, codes]) => section(title, codes))].join('\n')}`;

function section(title: string, codes: readonly Codes[]): string {
  const rows = codes.flatMap((some) => Object.entries(some)).map(row);
  return [
    `## ${title}`,
    '',
    '| Code | Means | If it stays so | What mends it |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

const row = ([code, { severity, means, why, fix }]: readonly [string, CodeMeaning]) =>
  `| \`${code}\`${severity === 'warning' ? ' (warning)' : ''} | ${[means, why, fix].map(cell).join(' | ')} |`;

const cell = (text: string) => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;');

const introduction = `# Preflight

Written by \`npm run docs\` from the codes beside the judges in \`src/preflight\` and \`src/doctor\`; do not edit.

\`\`\`sh
muster preflight                    # the queues of muster.yaml, as they are
muster preflight grids/demo.yaml    # and whether the slices of a grid fit there
muster doctor                       # this machine, the repository, GitHub
\`\`\`

Both change nothing. Every check is made, whatever the others say: a call that is refused or fails leaves its checks
*not done*, which is said with the right that is missing, and stops nothing; the verdict is *not known* then. A finding names what it is about, what was seen,
why it matters, and a command with real ids or a line to change. An **error** means that slices would not run, or not as
the grid asks: the command ends with 2, and a launch on AWS Batch, which makes the same preflight before it writes
anything, is refused. (\`--no-preflight\` launches without looking.) A **warning** stops nothing.

| Option | For |
|---|---|
| \`--only <group>\` | showing one group of checks: \`network\`, \`fit\`, ...; the others count all the same, for the sum and the exit code |
| \`--json\` | programs: all checks, findings, calls, and the source of the picture |
| \`--markdown\` | the summary of a workflow: verdict, findings, a picture of each subnet's way out |
| \`--probe\` | also write an object to the bucket, see that a second write is refused, and delete it: what a launch does |

A preflight asks each thing once, and prints how many calls that took: the rights it needs are in [aws.md](aws.md#roles).
`;
