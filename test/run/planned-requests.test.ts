import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { jobRequest } from '../../src/run/job-request.ts';
import { plannedRequests } from '../../src/run/planned-requests.ts';
import type { RunRecord } from '../../src/run/records.ts';
import { GridPlace, smallGrid, writeSmall } from './grid-place.ts';

const grid = 'grids/small.yaml';

let place: GridPlace;
beforeEach(() => {
  place = new GridPlace();
  writeSmall(place);
});
afterEach(() => place[Symbol.dispose]());

async function planned() {
  const { loaded, prepared } = await place.prepare(grid);
  return plannedRequests(loaded, prepared, place.scene.store.location);
}

/** As every submitter makes it, from the records of the run. */
function submitted(run: RunRecord, number: number) {
  const round = { ...run.firstRound };
  const [array] = round.arrays.filter((one) => one.class === number);
  if (array === undefined) throw new Error(`no array of class ${number}`);
  return jobRequest(run, round, array, place.scene.store.location);
}

describe('the jobs of a plan', () => {
  test('are those that a launch submits', async () => {
    const requests = await planned();
    const outcome = await place.launch(grid);
    if (outcome.outcome === 'refused') throw new Error(outcome.why);
    expect(requests).toHaveLength(1);
    for (const { class: number, request } of requests) {
      expect(request).toEqual(submitted(outcome.run, number));
    }
  });

  test('are one of each class', async () => {
    place.write(grid, smallGrid().replace('vcpus: 1', 'vcpus: "{x}"'));
    const requests = await planned();
    expect(requests.map(({ class: number }) => number)).toEqual([0, 1, 2]);
    expect(requests.map(({ request }) => request.resources.vcpus)).toEqual([1, 2, 3]);
  });
});
