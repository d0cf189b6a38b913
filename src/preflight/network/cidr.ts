import { BlockList } from 'node:net';

/** Everywhere, in IPv4. */
export const anywhere = '0.0.0.0/0';

/** Every address of `inner` is one of `outer`; both are IPv4 ranges. */
export function contains(outer: string, inner: string): boolean {
  const [outerBase, outerBits] = split(outer);
  const [innerBase, innerBits] = split(inner);
  if (outerBits > innerBits) return false;
  const list = new BlockList();
  list.addSubnet(outerBase, outerBits);
  return list.check(innerBase);
}

/** A range that holds some addresses of a peer; private ones are nobody's on the internet. */
export function touches(range: string, peer: string): boolean {
  if (peer === anywhere && privateRanges.some((some) => contains(some, range))) return false;
  return contains(range, peer) || contains(peer, range);
}

/** RFC 1918, and RFC 6598, which VPCs use too. */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

function split(cidr: string): readonly [string, number] {
  const [base = '', bits = '32'] = cidr.split('/');
  return [base, Number(bits)];
}
