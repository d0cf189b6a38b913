import { openPlace } from '../aws/s3/place.ts';
import { describeStore } from '../contract/store.ts';

describeStore('the S3 store', async () => {
  const { store } = await openPlace();
  return { store, dispose: async () => {} };
});
