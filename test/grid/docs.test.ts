import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { referencePage, schemaDocument } from '../../src/grid/reference-page.ts';

const committed = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

describe('the documents made from the schema', () => {
  it('the JSON Schema for editors is fresh (npm run docs)', () => {
    expect(committed('grid.schema.json')).toBe(schemaDocument());
  });

  it('the reference page is fresh (npm run docs)', () => {
    expect(committed('grid-reference.md')).toBe(referencePage());
  });

  it('the reference page states the default of launch and of a deeper key', () => {
    expect(referencePage()).toMatch(/\| `on` \| `commit`, `manual` \| `manual` \|/);
    expect(referencePage()).toMatch(/\| `attempts` \| integer \| `3` \|/);
  });
});
