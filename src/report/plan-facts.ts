import type { Axis } from '../grid/grid.ts';
import type { Plan } from '../plan/plan.ts';
import { oneLine } from './escape.ts';
import { count, duration, hourRange, money, moneyRange, number, plural, size } from './format.ts';

/** Sentences and rows about a plan, plain text, for terminals and reviews alike. */

/** `10 alpha_ce x 2 lambda_ce`; with commas where zip, rows, filters or blocks make the count another than the product. */
export function breakdown({ axes, total }: Plan): string {
  const product = axes.reduce((sum, { count: values }) => sum * values, 1);
  return axes
    .map(({ name, count: values }) => `${count(values)} ${oneLine(name, 60)}`)
    .join(product === total ? ' x ' : ', ');
}

/** `48 combinations`, or of a trial `3 of 48 combinations`. */
export function howMany({ combinations, total }: Plan): string {
  return combinations === total
    ? plural(total, 'combination')
    : `${count(combinations)} of ${plural(total, 'combination')}`;
}

/** `0.1, 0.1544, 0.2385, … km/s`; what a generator wrote with all its digits is rounded, for people. */
export function samples({ samples: shown, count: values, unit }: Axis): string {
  const texts = shown.slice(0, 5).map((text) => oneLine(rounded(text), 40));
  const list = `${texts.join(', ')}${values > texts.length ? ', …' : ''}`;
  return unit === undefined ? list : `${list} ${oneLine(unit, 20)}`;
}

/** Only numbers with more digits than a person writes: seven or more after the point. */
const rounded = (text: string) => (/^-?\d+\.\d{7,}(e[+-]?\d+)?$/.test(text) ? number(Number(text)) : text);

/** What a hint says, then what to do; its message need not end with a full stop. */
export function hintText({ message, fix }: Plan['hints'][number]): string {
  if (fix === undefined) return message;
  return `${message}${/[.!?:]$/.test(message) ? '' : '.'} ${fix}`;
}

/** How a sentence shows names and foreign words where it will stand. */
export interface Voice {
  readonly name: (text: string) => string;
  readonly words: (text: string) => string;
}

/** `1,400 new, 40 reused: 40 from compas-sparse-0123 (not yet reviewed), which saves $1.20` */
export function reuseLine({ reuse, combinations }: Plan, voice: Voice): string {
  if (!reuse.known) return `reuse unknown: ${voice.words(reuse.why)}`;
  if (reuse.combinations === 0) return `${count(combinations)} new, none reused`;
  const from = reuse.runs.map(
    ({ run, combinations: times, reviewed }) =>
      `${count(times)} from ${voice.name(run)}${reviewed ? '' : ' (not yet reviewed)'}`,
  );
  const saves = reuse.savesUsd === null ? '' : `, which saves ${money(reuse.savesUsd)}`;
  return `${count(combinations - reuse.combinations)} new, ${count(reuse.combinations)} reused: ${from.join(', ')}${saves}`;
}

/** `40 slices in 1 array` and what a pilot does. */
export function shapeLine({ slices, arrays, pilot }: Plan): string {
  const work = `${plural(slices, 'slice')} in ${plural(arrays.length, 'array')}`;
  return pilot > 0 ? `${work}; a pilot of ${plural(pilot, 'combination')} goes first` : work;
}

export const classHead = [
  'Class',
  'Combinations',
  'vCPU',
  'Memory',
  'Architecture',
  'Capacity',
  'Queue',
  'Timeout',
  'Expected',
];

export function classRow(kind: Plan['classes'][number]): string[] {
  const { resources, queue, timeoutSeconds, expectedSeconds } = kind;
  const gpus = resources.gpus > 0 ? ` + ${plural(resources.gpus, 'GPU')}` : '';
  return [
    String(kind.class),
    count(kind.combinations),
    `${resources.vcpus}${gpus}`,
    size(resources.memoryMib * 1024 * 1024),
    resources.architecture,
    resources.capacity,
    oneLine(queue, 60),
    duration(timeoutSeconds),
    expectedSeconds === undefined ? 'not known' : duration(expectedSeconds),
  ];
}

export const estimateHead = [
  'Instance',
  'Architecture',
  'Capacity',
  'At once',
  'Per instance',
  'Time',
  'Cost',
];

export function estimateRow(line: Plan['estimate']['lines'][number]): string[] {
  return [
    oneLine(line.instanceType, 40),
    line.architecture,
    line.capacity,
    count(line.width),
    count(line.perInstance),
    duration(line.hours * 3600),
    moneyRange(line.usd),
  ];
}

/** What it is expected to cost, what it can cost, and what stops it. */
export function moneyLines({ estimate, budgetUsd, budgetIsOf }: Plan): string[] {
  const { usd, hours, ceilingUsd, overshootUsd, storageUsdPerMonth, prices } = estimate;
  const time = hours === null ? '' : `, ${hourRange(hours)}`;
  const expected =
    usd === null ? 'not known: no expected duration and no history' : `${moneyRange(usd)}${time}`;
  const budget =
    budgetUsd === null
      ? 'none'
      : `${money(budgetUsd)}${budgetIsOf === 'place' ? ' (money.run_usd, muster.yaml)' : ''}${overshootUsd === 0 ? '' : `, passed by at most ${money(overshootUsd)} before a watch stops it`}`;
  return [
    `Estimate: ${expected}`,
    `Budget: ${budget}`,
    `Ceiling: ${money(ceilingUsd)}, what it costs if every attempt of every combination runs into its timeout`,
    ...(storageUsdPerMonth === null || storageUsdPerMonth === 0
      ? []
      : [`Storage: ${money(storageUsdPerMonth)} a month`]),
    `Prices: ${oneLine(prices.date, 20)}, ${oneLine(prices.source)}`,
  ];
}
