import { defaultFiles, describeForge } from '../contract/forge.ts';
import { describeStore } from '../contract/store.ts';
import { MemoryForge } from './memory-forge.ts';
import { MemoryStore } from './memory-store.ts';

/** What the stories of this folder run on is held to the same promises as the real ones. */
describeStore('the store in memory', async () => ({ store: new MemoryStore(), dispose: async () => {} }));

describeForge('the forge in memory', async () => {
  const forge = new MemoryForge(defaultFiles);
  return {
    forge,
    merge: async (review) => forge.merge(review),
    close: async (review) => forge.change(review, { state: 'closed' }),
    edit: async (review, change) => {
      const body = forge.reviews[review - 1]?.body ?? '';
      forge.change(review, { body: change(body) });
    },
    comments: async (review) => forge.comments.get(review) ?? [],
    statuses: async (commit) =>
      [...(forge.statuses.get(commit)?.values() ?? [])].sort((a, b) => (a.context < b.context ? -1 : 1)),
    dispose: async () => {},
  };
});
