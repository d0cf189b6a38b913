import { usableMemoryMib } from '../../money/instances.ts';
import { checked, nothingToCheck, type Row, verdictOn } from '../codes.ts';
import type { Check, Finding } from '../finding.ts';
import type { WantedClass } from '../wanted.ts';
import { finding } from './codes.ts';
import type { CapacityFacts, InstanceType } from './facts.ts';
import { type FitRow, fitRows, placeable } from './fit.ts';
import { judgeScratch } from './judge-scratch.ts';
import { aboutClass } from './on-queues.ts';
import { recommendation, recommendedWords } from './recommend.ts';

const fitRow = {
  group: 'fit',
  check: 'fit',
  title: 'Slices fit the instances of their queue, and fill them',
} as const;
const scratchRow = {
  group: 'fit',
  check: 'scratch',
  title: 'Slices that share an instance have the scratch space they ask for',
} as const;

/** The group `fit`. Pure. */
export function judgeFit(facts: CapacityFacts, classes: readonly WantedClass[]): readonly Check[] {
  return [
    onRows(fitRow, facts, classes, judgeOne),
    onRows(scratchRow, facts, classes, (rows, one) => judgeScratch(rows, one, queueOf(facts, one))),
  ];
}

const queueOf = ({ queues }: CapacityFacts, { queue }: WantedClass) =>
  queues.find(({ wanted }) => wanted.name === queue)?.wanted;

type Judge = (rows: readonly FitRow[], one: WantedClass) => readonly Finding[];

function onRows(row: Row, facts: CapacityFacts, classes: readonly WantedClass[], judge: Judge): Check {
  if (classes.length === 0) return nothingToCheck(row, 'No grid was given.');
  const used = facts.queues.filter(({ wanted }) => classes.some(({ queue }) => queue === wanted.name));
  const rows = fitRows(facts, classes);
  const verdicts = [
    ...used.map(({ environments }) => verdictOn(environments, () => [])),
    verdictOn(rows, (known) =>
      classes.flatMap((one) => {
        const own = known.filter(({ of }) => of === one);
        const placed = placeable(own);
        // Without any, what is missing is told of all: a type here, room with the queues.
        const judged = placed.length === 0 ? own : placed;
        return judged.length === 0 ? [] : judge(judged, one);
      }),
    ),
  ];
  const check = checked(row, verdicts);
  const isNone = check.notDone.length === 0 && rows.known && rows.value.length === 0;
  return isNone ? nothingToCheck(row, 'No compute environment takes slices.') : check;
}

function judgeOne(rows: readonly FitRow[], one: WantedClass): readonly Finding[] {
  const fitting = rows.filter(({ verdict }) => verdict === 'fits');
  if (fitting.length > 0) return wasteful(fitting, one);
  const tight = rows.filter(({ verdict }) => verdict === 'tight');
  return tight.length > 0 ? [tightly(tight, one)] : [impossible(rows, one)];
}

const asks = ({ resources: { vcpus, memoryMib, gpus } }: WantedClass) =>
  `${vcpus} vCPU, ${memoryMib} MiB${gpus > 0 ? `, ${gpus} GPU` : ''}`;

function impossible(rows: readonly FitRow[], one: WantedClass): Finding {
  const { resources } = one;
  const about = aboutClass(one);
  const types = rows.map(({ type }) => type);
  const wide = types.filter(({ vcpus, gpus }) => vcpus >= resources.vcpus && gpus >= resources.gpus);
  const [largest] = (wide.length > 0 ? wide : types).toSorted(
    (a, b) => b.gpus - a.gpus || b.memoryMib - a.memoryMib,
  );
  if (largest === undefined) throw new Error('a class without types is not judged');
  const most = recommendation(largest);
  const gpus = largest.gpus > 0 ? ` and ${largest.gpus} GPU` : '';
  const seen = `a slice asks for ${asks(one)}; the largest of ${types.length} types, ${largest.type}, has ${largest.vcpus} vCPU${gpus} and ${largest.memoryMib} MiB, of which about ${most.memoryMib} can be used`;
  const fix = `${less(largest, one)}, or let queue ${one.queue} start larger types than ${largest.type}. To have one to itself, a slice asks for ${recommendedWords(most)}.`;
  return finding('fit-impossible', { about, seen, fix });
}

/** What to write so that a slice fits this type: of what it has too little. */
function less({ vcpus, gpus, memoryMib }: InstanceType, { resources, grid }: WantedClass): string {
  const usable = usableMemoryMib(memoryMib);
  const lines = [
    ...(gpus < resources.gpus ? [`\`resources.gpus: ${gpus}\``] : []),
    ...(vcpus < resources.vcpus ? [`\`resources.vcpus: ${vcpus}\``] : []),
    ...(usable < resources.memoryMib ? [`\`resources.memory: ${usable} MiB\``] : []),
  ];
  return `Write ${lines.join(' and ')} in ${grid}`;
}

function tightly(rows: readonly FitRow[], one: WantedClass): Finding {
  const [largest] = rows.map(({ type }) => type).toSorted((a, b) => b.memoryMib - a.memoryMib);
  if (largest === undefined) throw new Error('a class without types is not judged');
  const usable = usableMemoryMib(largest.memoryMib);
  const share = ((100 * one.resources.memoryMib) / largest.memoryMib).toFixed(1);
  return finding('fit-tight', {
    about: aboutClass(one),
    seen: `a slice asks for ${asks(one)}, ${share} % of the memory of ${largest.type} (${largest.memoryMib} MiB)`,
    fix: `Write \`resources.memory: ${usable} MiB\` in ${one.grid}: that can be counted on. To have ${largest.type} to itself, a slice asks for ${recommendedWords(recommendation(largest))}.`,
  });
}

/** Share of the vCPUs that may be left over before it is told. */
const tolerated = 0.25;

/** By the type that is filled best: Batch looks for it, too. On types with GPUs these are what is paid for. */
function wasteful(rows: readonly FitRow[], one: WantedClass): readonly Finding[] {
  const [best] = rows.toSorted((a, b) => a.idle - b.idle);
  if (best === undefined || one.resources.gpus > 0 || best.idle <= tolerated) return [];
  const { type, perInstance, idle } = best;
  const byCpu = Math.floor(type.vcpus / one.resources.vcpus);
  const share = Math.floor(usableMemoryMib(type.memoryMib) / byCpu);
  const fix =
    perInstance < byCpu
      ? `Write \`resources.memory: ${share} MiB\` in ${one.grid}, so that ${byCpu} share a ${type.type}, or use a queue of types with more memory for each vCPU.`
      : `Write \`resources.vcpus: ${Math.floor(type.vcpus / (perInstance + 1))}\` in ${one.grid}, so that ${perInstance + 1} share a ${type.type}, or use a queue of other sizes.`;
  const slices = perInstance === 1 ? '1 slice leaves' : `${perInstance} slices leave`;
  return [
    finding('fit-wasteful', {
      about: aboutClass(one),
      seen: `a slice asks for ${asks(one)}; on the best type, ${type.type} (${type.vcpus} vCPU, ${type.memoryMib} MiB), ${slices} ${Math.round(100 * idle)} % of the vCPUs unused`,
      fix,
    }),
  ];
}
