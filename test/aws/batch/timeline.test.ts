import { describe, expect, test } from 'vitest';
import { seeded } from './random.ts';
import { Scene } from './scene.ts';
import { RealTimeline, VirtualTimeline } from './timeline.ts';

describe('Virtual time', () => {
  test('runs what is due in the order of time, and of arrival within a moment', () => {
    const timeline = new VirtualTimeline(0);
    const seen: string[] = [];
    for (const [ms, name] of [
      [20, 'c'],
      [10, 'a'],
      [10, 'b'],
      [30, 'd'],
    ] as const)
      timeline.at(ms, () => seen.push(name));
    timeline.advance(0.025);
    expect([seen.join(''), timeline.now(), timeline.next()]).toEqual(['abc', 25, 30]);
  });

  test('runs what an action plans within the same stretch', () => {
    const timeline = new VirtualTimeline(0);
    let at = 0;
    timeline.at(10, () =>
      timeline.at(15, () => {
        at = timeline.now();
      }),
    );
    timeline.advance(1);
    expect(at).toBe(15);
  });

  test('keeps thousands of actions in order', () => {
    const timeline = new VirtualTimeline(0);
    const random = seeded(7);
    const seen: number[] = [];
    for (let count = 0; count < 5_000; count++) {
      const ms = Math.floor(random() * 1_000);
      timeline.at(ms, () => seen.push(ms));
    }
    timeline.advance(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen).toHaveLength(5_000);
  });
});

test('Real time passes by itself, as fast as it is told, until it is stopped', async () => {
  const timeline = new RealTimeline(1_000);
  const began = timeline.now();
  await new Promise<void>((resolve) => timeline.at(began + 5_000, resolve));
  expect(timeline.now()).toBeGreaterThanOrEqual(began + 5_000);
  let happened = false;
  timeline.at(timeline.now() + 10_000, () => {
    happened = true;
  });
  timeline.stop();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(happened).toBe(false);
});

describe('Chance', () => {
  const life = async (seed: number) => {
    const at = new Scene({ random: seeded(seed), lags: { starting: [5, 90], summary: [0, 60] } });
    const id = await at.array(20);
    at.pass(50);
    return JSON.stringify([await at.the(id), at.started.map(({ child, instance }) => [child, instance])]);
  };

  test('repeats a whole life for the same seed', async () => {
    expect(await life(1)).toBe(await life(1));
  });

  test('makes another life of another seed', async () => {
    expect(await life(1)).not.toBe(await life(2));
  });
});

test('What is only shown late is never later than 60 seconds: the bound that the control plane assumes', () => {
  expect(() => new Scene({ lags: { listing: [0, 61] } })).toThrow('listing');
  expect(() => new Scene({ lags: { summary: 61 } })).toThrow('summary');
  expect(() => new Scene({ lags: { listing: 60, summary: [0, 60] } })).not.toThrow();
});
