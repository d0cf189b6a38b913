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

/** Ranges lie within one another or apart. */
export function overlap(one: string, other: string): boolean {
  return contains(one, other) || contains(other, one);
}

function split(cidr: string): readonly [string, number] {
  const [base = '', bits = '32'] = cidr.split('/');
  return [base, Number(bits)];
}
