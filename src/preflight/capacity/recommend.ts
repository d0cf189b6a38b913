import { memoryFit, type Room, usableMemoryMib } from '../../money/instances.ts';

/** What one slice may ask for to have an instance to itself. */
export interface Recommendation {
  readonly vcpus: number;
  /** What can be counted on. */
  readonly memoryMib: number;
  /** The same in words: see below. */
  readonly memoryGib: number;
}

/**
 * The largest request that packs: one vCPU is left to the agent and the system, and the memory that they take (AB 4.4).
 *
 * For 16 vCPU and 32 GiB (c7g.4xlarge, c6i.4xlarge, c6g.4xlarge) that is 15 vCPU and 30,278 MiB, which is 29.6 GiB and
 * published as 30 GiB. 30 GiB, 30,720 MiB, lies between 92.5 and 97.5 % of 32 GiB: it fits as a rule and is reported as
 * tight. So the exact number is what to write into a grid; the round one is for people, and is never one that cannot fit.
 */
export function recommendation({ vcpus, memoryMib }: Room): Recommendation {
  const usable = usableMemoryMib(memoryMib);
  const round = Math.round(usable / 1024);
  const canFit = memoryFit(memoryMib, round * 1024) !== 'impossible';
  return {
    vcpus: Math.max(1, vcpus - 1),
    memoryMib: usable,
    memoryGib: canFit ? round : Math.floor(usable / 1024),
  };
}

export const recommendedWords = ({ vcpus, memoryMib, memoryGib }: Recommendation): string =>
  `${vcpus} vCPU and ${memoryMib} MiB (about ${memoryGib} GiB)`;
