import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfiguration } from '../../src/run/configuration.ts';
import { configurationDocument, configurationPage } from '../../src/run/configuration-page.ts';

const committed = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

test('the JSON Schema of muster.yaml for editors is fresh (npm run docs)', () => {
  expect(committed('muster-yaml.schema.json')).toBe(configurationDocument());
});

test('the reference of muster.yaml is fresh (npm run docs)', () => {
  expect(committed('muster-yaml.md')).toBe(configurationPage());
});

test('the reference states defaults and what is required of a queue', () => {
  expect(configurationPage()).toMatch(/\| `log_group` \| text \| `\/aws\/batch\/job` \|/);
  expect(configurationPage()).toMatch(/\| `arn` \(required\) \| text \|/);
});

test('the examples of the guides are configurations', () => {
  for (const page of ['muster-yaml.md', 'aws.md']) {
    const examples = [...committed(page).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const { stages = {} } = parse(example) ?? {};
      expect(() => readConfiguration('muster.yaml', example)).not.toThrow();
      for (const stage of Object.keys(stages))
        expect(() => readConfiguration('muster.yaml', example, stage)).not.toThrow();
    }
  }
});
