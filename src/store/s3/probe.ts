import { randomUUID } from 'node:crypto';
import { faultBehind, isRefused } from '../../aws/remote-error.ts';
import { ConfigurationError } from '../../errors.ts';
import { absent, ifVersion, type Store } from '../store.ts';

/**
 * Refuses a store that writes over what is there. Everything rests on its refusals: with a service that ignores
 * conditions, two launches would both win, and work would run twice.
 * @param endpoint for the message.
 */
export async function probeConditionalWrites(store: Store, endpoint = store.location): Promise<void> {
  const key = `probe/${randomUUID()}`;
  const reason = await firstLie(store, key);
  if (reason === undefined) return;
  throw new ConfigurationError({
    file: store.location,
    message: `${endpoint} cannot hold a store: ${reason}`,
    fix: 'Take a service that implements conditional writes (If-None-Match, If-Match), as AWS, MinIO and Ceph do in new versions.',
  });
}

async function firstLie(store: Store, key: string): Promise<string | undefined> {
  try {
    const made = await store.put(key, 'first', absent);
    if (made.outcome === 'conflict') return 'it found an object that nobody wrote';
    const again = await store.put(key, 'other', absent);
    if (again.outcome === 'written') return 'it wrote over an object although told to create one only';
    const second = await store.put(key, 'second', ifVersion(made.version));
    if (second.outcome === 'conflict') return 'it refused to replace the version that is there';
    const stale = await store.put(key, 'third', ifVersion(made.version));
    if (stale.outcome === 'written') return 'it replaced another version than the one named';
    if (await store.delete(key, made.version)) return 'it deleted another version than the one named';
    await store.delete(key, second.version);
    return undefined;
  } catch (error) {
    // Who may not write here cannot ask; the launch, which may, has asked before.
    if (isRefused(error)) return undefined;
    if (faultBehind(error).status === 501) return 'it does not implement conditional writes (HTTP 501)';
    throw error;
  }
}
