import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contains, touches } from '../../../src/preflight/network/cidr.ts';
import { aclOpenness, rulesOpenness, theInternet } from '../../../src/preflight/network/openness.ts';
import { entry, rule } from './facts.ts';

test.each([
  ['10.0.0.0/16', '10.0.3.0/24', true],
  ['10.0.3.0/24', '10.0.0.0/16', false],
  ['10.0.0.0/16', '10.1.0.0/24', false],
  ['0.0.0.0/0', '10.1.0.0/24', true],
  ['10.0.0.0/24', '10.0.0.0/24', true],
  ['10.0.0.4/32', '10.0.0.4/32', true],
])('%s contains %s: %s', (outer, inner, does) => {
  expect(contains(outer, inner)).toBe(does);
});

test('private ranges are no part of the internet, public ones are', () => {
  expect(touches('10.0.0.0/8', '0.0.0.0/0')).toBe(false);
  expect(touches('172.20.0.0/16', '0.0.0.0/0')).toBe(false);
  expect(touches('52.0.0.0/8', '0.0.0.0/0')).toBe(true);
  expect(touches('10.0.0.0/8', '10.0.3.0/24')).toBe(true);
});

/** Ports between 1 and 12 decide as in a table of every port. */
const ports = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
  .map(([one, other]) => ({ from: Math.min(one, other), to: Math.max(one, other) }));
const entries = fc.array(
  fc.record({
    ...{ ports, allows: fc.boolean(), protocol: fc.constantFrom('-1', '6', '17') },
    number: fc.integer({ min: 1, max: 50 }),
  }),
);

test('an ACL is open if for every port the first entry that matches allows it', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(
        entries.chain((all) => fc.constantFrom(...all, undefined)),
        { maxLength: 8, selector: (one) => one?.number },
      ),
      ports,
      (some, wanted) => {
        const acl = some.flatMap((one) => (one === undefined ? [] : [entry('inbound', one)]));
        const first = (port: number) =>
          acl
            .toSorted((one, other) => one.number - other.number)
            .find((one) => one.protocol !== '17' && one.ports.from <= port && port <= one.ports.to);
        const every = Array.from({ length: wanted.to - wanted.from + 1 }, (_, at) => wanted.from + at);
        const isOpen = every.every((port) => first(port)?.allows === true);
        expect(aclOpenness(acl, wanted, '0.0.0.0/0')).toBe(isOpen ? 'open' : 'closed');
      },
    ),
  );
});

test('rules of several groups add up', () => {
  const halves = ['10.0.0.0/25', '10.0.0.128/25'];
  const rules = halves.map((cidr) => rule({ cidrs: [cidr] }));
  expect(rulesOpenness(rules, { cidrs: halves })).toBe('open');
  expect(rulesOpenness(rules.slice(1), { cidrs: halves })).toBe('partly');
});

test('what a prefix list of somebody’s holds is not known', () => {
  expect(rulesOpenness([rule({ prefixLists: ['pl-ours'] })], theInternet)).toBe('partly');
  expect(rulesOpenness([rule({ prefixLists: ['pl-s3'] })], { cidrs: [], prefixList: 'pl-s3' })).toBe('open');
});
