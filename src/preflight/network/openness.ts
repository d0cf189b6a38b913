import { anywhere, contains, touches } from './cidr.ts';
import type { AclEntry, Ports, Rule } from './facts.ts';

/** `partly`: for some addresses of the peer; which ones it uses nobody here knows. */
export type Openness = 'open' | 'partly' | 'closed';

export const https: Ports = { from: 443, to: 443 };

/**
 * What network ACL entries of one direction let through to or from a peer, over TCP. The first entry that matches decides
 * (AB 5.1). One that denies only a part of the peer is passed over: it is there for a reason, seldom for ours.
 */
export function aclOpenness(entries: readonly AclEntry[], ports: Ports, peer: string): Openness {
  let undecided: readonly Ports[] = [ports];
  let partly = false;
  let denied = false;
  for (const entry of [...entries].sort((one, other) => one.number - other.number)) {
    if (!isTcp(entry.protocol) || !undecided.some((range) => meets(range, entry.ports))) continue;
    if (contains(entry.cidr, peer)) {
      denied ||= !entry.allows;
      undecided = undecided.flatMap((range) => without(range, entry.ports));
    } else if (entry.allows && touches(entry.cidr, peer)) partly = true;
  }
  if (undecided.length === 0 && !denied) return 'open';
  return partly ? 'partly' : 'closed';
}

/** Whom HTTPS is to reach, or comes from. */
export interface Peer {
  readonly cidrs: readonly string[];
  readonly groups?: readonly string[];
  readonly prefixList?: string;
}

export const theInternet: Peer = { cidrs: [anywhere] };

/** What rules of security groups let through of HTTPS; those of several groups add up. */
export function rulesOpenness(rules: readonly Rule[], peer: Peer): Openness {
  const matching = rules.filter(({ protocol, ports }) => isTcp(protocol) && meets(ports, https));
  const ranges = matching.flatMap(({ cidrs }) => cidrs);
  const isOpen =
    matching.some((rule) => names(rule, peer)) ||
    (peer.cidrs.length > 0 && peer.cidrs.every((cidr) => ranges.some((range) => contains(range, cidr))));
  if (isOpen) return 'open';
  return matching.some((rule) => mayReach(rule, peer)) ? 'partly' : 'closed';
}

function names({ groups, prefixLists }: Rule, peer: Peer): boolean {
  return (
    groups.some((group) => peer.groups?.includes(group)) ||
    (peer.prefixList !== undefined && prefixLists.includes(peer.prefixList))
  );
}

function mayReach(rule: Rule, peer: Peer): boolean {
  // What a prefix list of somebody's holds is not asked for.
  if (rule.prefixLists.length > 0) return true;
  return peer.cidrs.some((cidr) => rule.cidrs.some((range) => touches(range, cidr)));
}

/** By name in security groups, by number in network ACLs; `-1` is everything (AB 5.1). */
function isTcp(protocol: string): boolean {
  return ['-1', 'tcp', '6'].includes(protocol);
}

function meets(one: Ports, other: Ports): boolean {
  return one.from <= other.to && other.from <= one.to;
}

function without(range: Ports, cut: Ports): readonly Ports[] {
  if (!meets(range, cut)) return [range];
  const parts = [
    { from: range.from, to: cut.from - 1 },
    { from: cut.to + 1, to: range.to },
  ];
  return parts.filter(({ from, to }) => from <= to);
}
