// Whether somebody looks at active runs: every look rewrites the state of a run (design, section 4). It fails when nobody
// does, and an alarm tells of failures; so an alarm also tells when this itself no longer works.
const { S3, paginateListObjectsV2 } = require('@aws-sdk/client-s3');

exports.handler = async () => {
  const { BUCKET: Bucket, PREFIX: prefix, WATCH_MINUTES: minutes } = process.env;
  const s3 = new S3({});
  const before = Date.now() - Number(minutes) * 60_000;
  const late = [];
  const active = `${prefix}/active/`;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: active })) {
    for (const { Key, LastModified } of Contents) {
      const run = Key.slice(active.length);
      const seen = await lastSeen(s3, Bucket, `${prefix}/runs/${run}/state.json`, LastModified);
      if (seen < before) late.push(run);
    }
  }
  if (late.length === 0) return;
  throw new Error(
    `Nobody has looked at ${late.join(', ')} for ${minutes} minutes, so no budget is checked and nothing is published. ` +
      'See why the workflow `watch` does not run, and start it: gh workflow run watch.yml',
  );
};

/** A run that is being launched has a mark and no state yet. */
async function lastSeen(s3, Bucket, Key, marked) {
  try {
    const { LastModified } = await s3.headObject({ Bucket, Key });
    return LastModified.getTime();
  } catch (error) {
    if (error.name !== 'NotFound') throw error;
    return marked.getTime();
  }
}
