import { describe, expect, test } from 'vitest';
import type { Phase, StateRecord } from '../../src/run/records.ts';
import { advance, type RunEvent, transition } from '../../src/run/run-state.ts';

const at = '2026-01-01T00:00:00.000Z';
const phases: readonly Phase[] = [
  { phase: 'launching', round: 1 },
  { phase: 'running', round: 1 },
  { phase: 'publishing', round: 1, sha256: 'aa' },
  { phase: 'published', round: 1, sha256: 'aa' },
  { phase: 'cancelling', round: 1, by: 'ana', why: 'wrong grid', at },
];
const events: readonly RunEvent[] = [
  { event: 'submitted', round: 0 },
  { event: 'submitted', round: 1 },
  { event: 'submitted', round: 2 },
  { event: 'merged', round: 0, sha256: 'aa' },
  { event: 'merged', round: 1, sha256: 'aa' },
  { event: 'merged', round: 1, sha256: 'bb' },
  { event: 'merged', round: 2, sha256: 'aa' },
  { event: 'published', round: 0, sha256: 'aa' },
  { event: 'published', round: 1, sha256: 'aa' },
  { event: 'published', round: 1, sha256: 'bb' },
  { event: 'published', round: 2, sha256: 'aa' },
  { event: 'round', round: 1, draft: 'd1', rest: false },
  { event: 'round', round: 1, draft: 'other', rest: false },
  { event: 'round', round: 2, draft: 'd2', rest: false },
  { event: 'round', round: 2, draft: 'rest', rest: true },
  { event: 'round', round: 3, draft: 'd3', rest: false },
  { event: 'cancel', by: 'bob', why: 'too dear', at },
];

const short = (event: RunEvent) =>
  event.event === 'cancel'
    ? 'cancel'
    : `${event.event}(${event.round}${'sha256' in event ? `,${event.sha256}` : ''}${'draft' in event ? `,${event.draft}` : ''})`;

function outcome(phase: Phase, event: RunEvent): string {
  const result = transition(phase, event);
  if (result.outcome !== 'moved') return result.outcome;
  const next = result.phase;
  return `${next.phase}(${next.round}${'sha256' in next ? `,${next.sha256}` : ''})`;
}

describe('the life of a run', () => {
  test('is this table, every phase against every event', () => {
    const table = Object.fromEntries(
      phases.map((phase) => [
        phase.phase,
        Object.fromEntries(
          events
            .map((event) => [short(event), outcome(phase, event)] as const)
            .filter(([, to]) => to !== 'refused'),
        ),
      ]),
    );
    expect(table).toEqual({
      launching: {
        'submitted(1)': 'running(1)',
        'round(2,d2)': 'launching(2)',
        'round(2,rest)': 'launching(2)',
        cancel: 'cancelling(1)',
      },
      running: {
        'submitted(1)': 'unchanged',
        'merged(1,aa)': 'publishing(1,aa)',
        'merged(1,bb)': 'publishing(1,bb)',
        'round(2,d2)': 'launching(2)',
        'round(2,rest)': 'launching(2)',
        cancel: 'cancelling(1)',
      },
      publishing: {
        'submitted(1)': 'unchanged',
        'merged(1,aa)': 'unchanged',
        'merged(1,bb)': 'publishing(1,bb)',
        'published(1,aa)': 'published(1,aa)',
        'round(2,d2)': 'launching(2)',
        cancel: 'cancelling(1)',
      },
      published: {
        'submitted(1)': 'unchanged',
        'merged(1,aa)': 'unchanged',
        'published(1,aa)': 'unchanged',
        'round(2,d2)': 'launching(2)',
      },
      cancelling: {
        'submitted(1)': 'unchanged',
        'merged(1,aa)': 'publishing(1,aa)',
        'merged(1,bb)': 'publishing(1,bb)',
        cancel: 'unchanged',
      },
    });
  });

  test('refusals say why', () => {
    const late = transition({ phase: 'launching', round: 2 }, { event: 'published', round: 1, sha256: 'aa' });
    expect(late).toEqual({ outcome: 'refused', why: 'round 2 is current, not 1' });
  });

  test('the plan of a round stays known through a cancel, and naming the same plan again changes nothing', () => {
    const none = { submitted: 0, pending: 0, runnable: 0, starting: 0, running: 0, succeeded: 0, failed: 0 };
    const state: StateRecord = {
      schema: 1,
      run: 'demo-0',
      version: 7,
      phase: { phase: 'running', round: 0 },
      draft: null,
      stopped: null,
      counts: none,
      done: { succeeded: 0, failed: 0 },
      money: { meteredUsd: 3, meteredAt: null, exactUsd: 2 },
      lastWatch: null,
      review: null,
      updatedAt: at,
    };
    const round = { event: 'round', round: 1, draft: 'd1', rest: false } as const;
    const opened = advance(state, round, new Date(at));
    if (opened.outcome !== 'moved') throw new Error('expected a new round');
    expect(opened.state.money.exactUsd).toBeNull();
    expect(opened.state).toMatchObject({ version: 8, draft: 'd1', phase: { phase: 'launching', round: 1 } });
    expect(advance(opened.state, round, new Date(at))).toEqual({ outcome: 'unchanged' });
    expect(advance(opened.state, { ...round, draft: 'other' }, new Date(at)).outcome).toBe('refused');
    const stopped = advance(opened.state, { event: 'cancel', by: 'bob', why: 'too dear', at }, new Date(at));
    expect(stopped).toMatchObject({
      state: {
        version: 9,
        draft: 'd1',
        stopped: { by: 'bob', why: 'too dear', at },
        phase: { phase: 'cancelling', round: 1 },
      },
    });
  });

  test('no event ever lowers the round', () => {
    for (const phase of phases)
      for (const event of events) {
        const result = transition(phase, event);
        if (result.outcome === 'moved') expect(result.phase.round).toBeGreaterThanOrEqual(phase.round);
      }
  });
});
