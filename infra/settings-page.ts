import { z } from 'zod';
import { idleCosts, networkIdleUsd, total } from './idle-cost.ts';
import { settingsSchema } from './settings.ts';

/** docs/infra.md: written from the settings' own schema, and what idle costs are derived from. */

const propertySchema = z.looseObject({
  description: z.string().default(''),
  default: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});
type Property = z.output<typeof propertySchema>;

export function settingsPage(head: string): string {
  const schema = propertySchema.parse(z.toJSONSchema(settingsSchema, { io: 'input' }));
  return [head.trimEnd(), '', '## Settings', '', ...settingsTable(schema), '', ...costs(), ''].join('\n');
}

const settingsTable = (schema: Property): readonly string[] => [
  '| Setting | Default | Idle, a month | Meaning |',
  '|---|---|---|---|',
  ...rows('', schema),
];

function rows(prefix: string, { properties = {} }: Property): readonly string[] {
  return Object.entries(properties).flatMap(([key, value]) => {
    const property = propertySchema.parse(value);
    const path = `${prefix}${key}`;
    // The parts of a short record are one choice.
    const isGroup = property.properties !== undefined && prefix === '';
    return isGroup ? rows(`${path}.`, property) : [row(path, property)];
  });
}

const row = (path: string, property: Property) =>
  `| \`${path}\` | ${defaultText(property)} | ${idleOf(path)} | ${property.description} |`;

const defaultText = ({ default: value }: Property) =>
  value === undefined
    ? ''
    : `\`${JSON.stringify(value)
        .replaceAll('"', '')
        .replaceAll(/([:,])(?=\S)/g, '$1 ')}\``;

/** Of the choices that cost something although nothing runs. */
function idleOf(path: string): string {
  switch (path) {
    case 'network.mode':
      return `\`public\` $0, \`nat\` ${usd(networkIdleUsd('nat', 3))}, \`endpoints\` ${usd(networkIdleUsd('endpoints', 3))}, \`existing\` as it is`;
    case 'network.zones':
      return `$0; with \`endpoints\` ${usd(networkIdleUsd('endpoints', 1))} each`;
    case 'events.secret':
      return usd(total(idleCosts(withEvents)) - total(idleCosts(plain)));
    default:
      return '$0';
  }
}

const plain = settingsSchema.parse({});
const withEvents = { ...plain, events: { secret: 'token' } };
const usd = (amount: number) => `$${amount.toFixed(2)}`;

const costs = (): readonly string[] => [
  '## What it costs while nothing runs',
  '',
  'Compute environments have 0 vCPUs at least, so no instance is there; queues, definitions, roles, rules, the budget and the S3',
  'gateway endpoint cost nothing. With every default, a month costs:',
  '',
  '| What | USD |',
  '|---|---|',
  ...idleCosts(plain).map(({ what, usdPerMonth }) => `| ${what} | ${usdPerMonth.toFixed(2)} |`),
  `| **Together** | **${total(idleCosts(plain)).toFixed(2)}** |`,
  '',
  'And what is kept: about $0.023 per GB in the bucket (old versions too), $0.10 per GB of images, $0.03 per GB of logs.',
  'Prices of us-east-1 ([facts](facts/aws-batch.md), 10.4); alarms and the secret from memory.',
];
