import { parse } from 'yaml';
import { z } from 'zod';
import { blocks, table } from '../src/report/markdown.ts';

const actionSchema = z.looseObject({
  name: z.string(),
  description: z.string(),
  inputs: z.record(
    z.string(),
    z.looseObject({
      description: z.string(),
      required: z.boolean().default(false),
      default: z.string().optional(),
    }),
  ),
  outputs: z.record(z.string(), z.looseObject({ description: z.string() })),
});

/** The README of an action, from its `action.yml`: what people read is what the runner goes by. */
export function actionPage(folder: string, yaml: string): string {
  const { name, description, inputs, outputs } = actionSchema.parse(parse(yaml));
  const given = Object.entries(inputs).map(([input, { description: says, required, default: fallback }]) => [
    `\`${input}\``,
    cell(says),
    required ? '**required**' : fallback === undefined ? '' : `\`${fallback.trim().replaceAll('\n', ' ')}\``,
  ]);
  const made = Object.entries(outputs).map(([output, { description: says }]) => [
    `\`${output}\``,
    cell(says),
  ]);
  return blocks([
    `# ${name}`,
    description.trim(),
    usage(
      folder,
      Object.keys(inputs).filter((input) => inputs[input]?.required === true),
    ),
    `From another repository: \`owner/repository/actions/${folder}@<commit>\`. The workflows in \`.github/workflows\` show the permissions that each needs.`,
    '## Inputs',
    table(['Input', 'What it says', 'Default'], given),
    '## Outputs',
    table(['Output', 'What it says'], made),
    '<sub>Written from `action.yml` by `npm run docs`.</sub>',
  ]);
}

function usage(folder: string, needed: readonly string[]): string {
  const given = [
    ...needed.map((input) => `    ${input}: ...`),
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: GitHub's expressions
    '    role-arn: ${{ vars.MUSTER_..._ROLE }}',
    '    region: ${{ vars.AWS_REGION }}',
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
  ];
  return ['```yaml', `- uses: $/actions/${folder}`, '  with:', ...given, '```'].join('\n');
}

const cell = (text: string) => text.trim().replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
