import type { Inspected, InspectedMember } from '../image/inspect.ts';
import { size } from '../report/format.ts';

/** What `muster image inspect` shows to people. */
export function inspectText(seen: Inspected): string {
  const { reference, where, digest, mediaType, members, faults } = seen;
  const [first] = members;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['image', reference],
    ['where', where],
    ['digest', digest],
    ['media type', mediaType],
    ['identity', first?.identity],
    ['worker', first && (first.worker ?? 'none: `muster image wrap` puts it on')],
  ];
  const lines = [
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(12)}${value}`])),
    ...members.flatMap(memberLines),
    ...faults.map((fault) => `\n! ${fault}`),
  ];
  return `${lines.join('\n')}\n`;
}

function memberLines(member: InspectedMember): readonly string[] {
  const { architecture, digest, bytes, user, workdir, entrypoint, run } = member;
  const starts = entrypoint.length === 0 ? 'nothing of its own' : entrypoint.join(' ');
  return [
    `\n${architecture.padEnd(12)}${digest}`,
    `            ${size(bytes)}, user ${user === '' ? 'root' : user}, in ${workdir === '' ? '/' : workdir}, starts ${starts}`,
    ...(run?.ok === true ? [`            started: ${run.said}`] : []),
  ];
}
