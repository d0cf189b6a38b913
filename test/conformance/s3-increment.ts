import { openS3Store } from '../../src/store/s3.ts';
import { ifVersion } from '../../src/store/store.ts';
import { moto } from './moto.ts';

/** A process that counts up an object by compare-and-swap and prints each number it has written. */
const [url = '', key = '', times = '0'] = process.argv.slice(2);
const store = await openS3Store(url, { aws: moto });
for (let done = 0; done < Number(times); ) {
  const seen = await store.get(key);
  if (seen === undefined) throw new Error(`${key} is gone`);
  const next = Number(Buffer.from(seen.bytes).toString()) + 1;
  if ((await store.put(key, String(next), ifVersion(seen.version))).outcome !== 'written') continue;
  done += 1;
  process.stdout.write(`${next}\n`);
}
