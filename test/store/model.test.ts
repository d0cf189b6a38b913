import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDirectoryStore } from '../../src/store/directory.ts';
import { absent, ifVersion, type Store } from '../../src/store/store.ts';
import { conflict, lostAnswer, lostRequest } from '../aws/s3/faults.ts';
import { openPlace } from '../aws/s3/place.ts';
import { collect } from '../contract/store.ts';

/** What a store does, said with a Map. */
interface Model {
  readonly objects: Map<string, { readonly text: string; readonly version: string }>;
  /** Every version ever seen with its text: equal versions mean equal bytes. */
  readonly ever: Map<string, string>;
}

const keys = ['a', 'a-b', 'b/c', 'b/d/e', 'b.x/é', 'b/~', '\uFF5E', '\u{1F52D}'] as const;
const key = fc.constantFrom(...keys);
const text = fc.constantFrom('', 'x', 'y', 'longer text');
const step = fc.oneof(
  fc.record({ act: fc.constant('create' as const), key, text }),
  fc.record({ act: fc.constant('swap' as const), key, text, stale: fc.boolean() }),
  fc.record({ act: fc.constant('delete' as const), key, stale: fc.boolean() }),
  fc.record({ act: fc.constant('read' as const), key }),
  fc.record({
    act: fc.constant('list' as const),
    prefix: fc.constantFrom('', 'a', 'b', 'b/', 'b/d', 'zz'),
    after: fc.constantFrom('', 'a', 'a/', 'b/c', 'b/d', '\uFF5E'),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

test('any sequence of calls to a directory store answers as a Map would', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const root = mkdtempSync(join(tmpdir(), 'muster-model-'));
      try {
        const model: Model = { objects: new Map(), ever: new Map() };
        for (const one of steps) await check(openDirectoryStore(root), model, one);
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    }),
    { numRuns: 150 },
  );
});

test('any sequence of calls to an S3 store answers as a Map would, whatever faults pass by', async () => {
  const fault = fc.constantFrom(undefined, undefined, undefined, lostRequest, lostAnswer, conflict);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.infiniteStream(fault), async (steps, coming) => {
      const { s3, store } = await openPlace({ pageSize: 2 });
      let quiet = 0;
      s3.faults = ({ operation }) => {
        // Two bad requests in a row at most, so that every call ends; only writes meet a 409 (AB 7.1).
        quiet = quiet > 0 ? quiet - 1 : quiet;
        const next = quiet > 0 ? undefined : coming.next().value;
        if (next !== undefined) quiet = 2;
        return next === conflict && !['PutObject', 'DeleteObject'].includes(operation) ? undefined : next;
      };
      const model: Model = { objects: new Map(), ever: new Map() };
      for (const one of steps) await check(store, model, one, true);
    }),
    { numRuns: 20 },
  );
});

/** @param answersGetLost then nobody knows who deleted what is gone. */
async function check(store: Store, model: Model, one: Step, answersGetLost = false): Promise<void> {
  switch (one.act) {
    case 'create': {
      const there = model.objects.get(one.key);
      const outcome = await store.put(one.key, one.text, absent);
      expect(outcome.outcome).toBe(there === undefined || there.text === one.text ? 'written' : 'conflict');
      if (outcome.outcome === 'written') note(model, one.key, one.text, outcome.version);
      return;
    }
    case 'swap': {
      const there = model.objects.get(one.key);
      const outcome = await store.put(one.key, one.text, ifVersion(versionFor(model, one)));
      expect(outcome.outcome).toBe(there === undefined || one.stale ? 'conflict' : 'written');
      if (outcome.outcome === 'written') note(model, one.key, one.text, outcome.version);
      return;
    }
    case 'delete': {
      const deleted = await store.delete(one.key, versionFor(model, one));
      if (model.objects.has(one.key) || !answersGetLost) {
        expect(deleted).toBe(model.objects.has(one.key) && !one.stale);
      }
      if (deleted) model.objects.delete(one.key);
      return;
    }
    case 'read': {
      const there = model.objects.get(one.key);
      const object = await store.get(one.key);
      const seen = object && { text: Buffer.from(object.bytes).toString(), version: object.version };
      expect(seen).toEqual(there);
      expect((await store.stat(one.key))?.version).toBe(there?.version);
      return;
    }
    case 'list': {
      const wanted = [...model.objects]
        .filter(([name]) => name.startsWith(one.prefix) && compare(name, one.after) > 0)
        .sort(([a], [b]) => compare(a, b))
        .map(([name, there]) => ({
          key: name,
          size: Buffer.byteLength(there.text),
          version: there.version,
        }));
      expect(await collect(store.list(one.prefix, { after: one.after }))).toEqual(wanted);
    }
  }
}

const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The version in force; a stale one is any other that this key ever had. */
function versionFor(model: Model, one: { readonly key: string; readonly stale: boolean }): string {
  const now = model.objects.get(one.key)?.version ?? 'none';
  if (!one.stale) return now;
  const older = [...model.ever.keys()].filter((name) => name.startsWith(`${one.key} `));
  return older.map((name) => name.slice(one.key.length + 1)).find((version) => version !== now) ?? 'never';
}

function note(model: Model, name: string, content: string, version: string): void {
  const seen = model.ever.get(`${name} ${version}`);
  expect(seen ?? content).toBe(content);
  model.ever.set(`${name} ${version}`, content);
  model.objects.set(name, { text: content, version });
}
