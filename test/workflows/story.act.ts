import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyGrid } from '../cli/place.ts';
import type { Ran } from './act/act.ts';
import { Laboratory } from './act/laboratory.ts';
import { root } from './planted.ts';

const push = { name: 'push', payload: { ref: 'refs/heads/main' } } as const;
const tick = { name: 'schedule', payload: { schedule: '3-59/10 * * * *' } } as const;

/** An action that tells whether it reaches all that ours ask. */
const probe = `
import { appendFileSync } from 'node:fs';
const { GITHUB_API_URL, GITHUB_REPOSITORY, ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, SEEN } = process.env;
const get = async (url, token) => (await fetch(url, { headers: { authorization: 'Bearer ' + token } })).status;
const seen = {
  github: await get(GITHUB_API_URL + '/repos/' + GITHUB_REPOSITORY + '/contents/grids/toy.yaml', process.env.INPUT_TOKEN),
  identity: await get(ACTIONS_ID_TOKEN_REQUEST_URL + '&audience=sts.amazonaws.com', ACTIONS_ID_TOKEN_REQUEST_TOKEN),
  batch: (await fetch(AWS_ENDPOINT_URL + '/v1/describejobqueues', { method: 'POST', body: '{}' })).status,
  bucket: (await fetch(AWS_ENDPOINT_URL_S3 + '/lab')).status,
};
appendFileSync(SEEN, JSON.stringify(seen));
`;

describe('an action in the workflow runner', () => {
  it('reaches GitHub, the identity of its job, and AWS', async () => {
    await using place = await Laboratory.open();
    place.act.write('actions/poll-ensembles/dist/index.mjs', probe);
    place.act.commit();
    const seen = join(place.act.folder, 'seen.json');
    await place.run('watch', tick, { SEEN: seen });
    // Unsigned, the bucket only says that one has to come by its region.
    expect(JSON.parse(readFileSync(seen, 'utf8'))).toEqual({
      github: 200,
      identity: 200,
      batch: 200,
      bucket: 301,
    });
  });
});

const bundled = readdirSync(join(root, 'actions'))
  .filter((name) => existsSync(join(root, 'actions', name, 'action.yml')))
  .every((name) => existsSync(join(root, 'actions', name, 'dist/index.mjs')));

/** With what went wrong, where it did. */
const good = ({ code, log }: Ran) => expect(code, log).toBe(0);

describe.skipIf(!bundled)('with the committed bundles (npm run build makes them), the workflows', () => {
  let place: Laboratory;
  const pull = async () => (await place.github.pulls()).find(({ head }) => head.ref.startsWith('muster/'));
  beforeAll(async () => {
    place = await Laboratory.open();
  });
  afterAll(() => place[Symbol.asyncDispose]());

  const changed = `${toyGrid.replace('scale: 1', 'scale: 2')}launch: { on: commit }\n`;

  /** The watch is short: as often as it takes. */
  async function watchUntil(verdict: string): Promise<void> {
    for (let look = 0; look < 20; look += 1) {
      good(await place.run('watch', tick));
      const now = await pull();
      if (now?.draft === false && now.body?.includes(verdict)) return;
    }
    throw new Error(`twenty watches did not come to: ${verdict}`);
  }

  it('launch nothing in a repository that has just begun', async () => {
    good(await place.run('launch', push));
    expect(place.aws.batch.jobIds).toEqual([]);
    expect(place.aws.keys).toContain(`repos/${place.github.repository}/grids.json`);
  });

  it('say on a pull request what its grid would do, by the role that only reads', async () => {
    await place.github.seed({ 'grids/toy.yaml': changed }, 'scale-2');
    const number = await place.github.git.ask('POST', '/pulls', {
      ...{ title: 'Scale 2', head: 'scale-2', base: 'main' },
    });
    place.checkOut({ 'grids/toy.yaml': changed });
    expect(number).toBeDefined();
    const [opened] = await place.github.pulls();
    good(await place.run('plan', { name: 'pull_request', payload: { pull_request: opened } }));
    const comments = await place.github.comments(opened?.number ?? 0);
    expect(comments.map(({ body }) => body).join()).toContain('12 combinations');
    expect(place.identity.assumed.at(-1)?.role).toBe('arn:aws:iam::123456789012:role/PLAN');
    expect(place.aws.batch.jobIds).toEqual([]);
  });

  it('launch the grid once it is on main, and open a draft', async () => {
    writeFileSync(`${place.aws.place.diary}.broken`, '3\n');
    await place.push({ 'grids/toy.yaml': changed });
    good(await place.run('launch', push));
    expect(await pull()).toMatchObject({ draft: true, state: 'open' });
    expect(place.identity.assumed.at(-1)?.role).toBe('arn:aws:iam::123456789012:role/LAUNCH');
  });

  it('launch it once, however often GitHub tells of the push', async () => {
    const jobs = place.aws.batch.jobIds.length;
    good(await place.run('launch', push));
    expect(place.aws.batch.jobIds).toHaveLength(jobs);
  });

  it('watch it until its results can be reviewed', async () => {
    await watchUntil('10 of 12');
    expect(place.identity.assumed.at(-1)?.role).toBe('arn:aws:iam::123456789012:role/WATCH');
  });

  it('run again what failed, and publish it all', async () => {
    writeFileSync(`${place.aws.place.diary}.broken`, '');
    const ran = await place.run('rerun', { name: 'workflow_dispatch', inputs: { run: 'toy' } });
    good(ran);
    await watchUntil('12 of 12');
  });
});
