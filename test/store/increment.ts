import { openDirectoryStore } from '../../src/store/directory.ts';
import { absent, ifVersion } from '../../src/store/store.ts';

/** A process that counts up an object by compare-and-swap and prints each number it has written. */
const [root = '', key = '', times = '0'] = process.argv.slice(2);
const store = openDirectoryStore(root);
for (let done = 0; done < Number(times); ) {
  const seen = await store.get(key);
  const next = seen === undefined ? 1 : Number(Buffer.from(seen.bytes).toString()) + 1;
  const condition = seen === undefined ? absent : ifVersion(seen.version);
  if ((await store.put(key, String(next), condition)).outcome !== 'written') continue;
  done += 1;
  process.stdout.write(`${next}\n`);
}
