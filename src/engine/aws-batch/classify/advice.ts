import type { FailureClass } from '../../engine.ts';
import type { Asked } from './evidence.ts';

/** The command that runs what failed again, with options. */
export function rerunCommand({ run }: Asked, options = ''): string {
  return `\`muster rerun ${run ?? '<run>'} --select failed${options === '' ? '' : ` ${options}`}\``;
}

/** What to do about a kind of failure; nothing where only the program's own log can tell. */
export function adviceFor(kind: FailureClass, asked: Asked): string | undefined {
  switch (kind) {
    case 'memory':
      return moreMemory(asked);
    case 'timeout':
      return longer(asked);
    case 'host':
      return `The program is not at fault: ${rerunCommand(asked)} runs it again, with \`--capacity on-demand\` (or \`spot-first\`) where Spot machines keep going away.`;
    case 'cancelled':
      return `To run it after all: ${rerunCommand(asked)}.`;
    case 'disk':
      return 'Give the machines a larger volume (launch template of the compute environment), or ask for `scratch` on a queue that has it.';
    default:
      return undefined;
  }
}

/** Doubling keeps the margin below an instance's nominal size that the first request had (AB 4.4). */
function moreMemory(asked: Asked): string {
  const size = asked.memoryMib === undefined ? '<twice as much>' : `${asked.memoryMib * 2}MiB`;
  const had = asked.memoryMib === undefined ? '' : `It had ${asked.memoryMib} MiB. `;
  return `${had}Give it more memory: ${rerunCommand(asked, `--memory ${size}`)}.`;
}

/** Batch never retries after a timeout (AB 2.8). */
function longer(asked: Asked): string {
  const had = asked.timeoutSeconds === undefined ? '' : `One attempt had ${asked.timeoutSeconds} s. `;
  return `${had}Allow each combination longer: ${rerunCommand(asked, '--timeout <duration>')}; or pack fewer into a slice (\`slice.combinations\` of the grid).`;
}
