// Brings src/money/prices.json up to date from the AWS Price List: `npm run prices -- --region us-west-2`. Shows what
// would change; `--write` writes it.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { priceTablesSchema, shippedPrices } from '../src/money/prices.ts';
import { openPriceList } from './prices/ask.ts';
import { refresh } from './prices/refresh.ts';
import { tablesText } from './prices/table.ts';

const file = new URL('../src/money/prices.json', import.meta.url);
const { values } = parseArgs({
  options: {
    region: { type: 'string', multiple: true, default: [shippedPrices.region] },
    write: { type: 'boolean', default: false },
  },
});

const tables = priceTablesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
const near = process.env.AWS_REGION === undefined ? {} : { region: process.env.AWS_REGION };
const date = new Date().toISOString().slice(0, 10);
for (const region of values.region) {
  const list = await openPriceList(near, region);
  const { table, lines } = await refresh(list, region, { own: tables[region], standIn: shippedPrices }, date);
  if (Object.keys(table.families).length === 0) {
    console.error(
      `${region}: no family has a price there. Is that the name of a region? Nothing is written.`,
    );
    process.exit(1);
  }
  console.log(`${region}, ${tables[region]?.date ?? 'no table'} -> ${date}:`);
  for (const line of lines.length === 0 ? ['no price has changed'] : lines) console.log(`  ${line}`);
  tables[region] = table;
}
if (values.write) writeFileSync(file, tablesText(tables));
else console.log('Nothing is written. Again with --write to write src/money/prices.json.');
