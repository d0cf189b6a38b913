import { networkCodes } from './codes.ts';
import type { NetworkFacts, Subnet } from './facts.ts';
import { groundOf } from './ground.ts';
import { networkRows } from './judge-network.ts';
import { Drawing } from './mermaid.ts';
import type { NetworkNeed } from './need.ts';
import { servicesOf, serving } from './services.ts';
import type { Row } from './trouble.ts';
import { type Place, wayOut } from './way.ts';

/**
 * Source of a mermaid flowchart: environment, subnet, route table, gateway or endpoints, internet; where a finding breaks
 * it, the edge is dotted, coloured, and says the finding's code. Always drawable, also from refused answers.
 */
export function networkPicture(facts: NetworkFacts, needs: readonly NetworkNeed[]): string {
  const drawing = new Drawing();
  const rows = networkRows(facts, needs);
  const { places } = groundOf(facts, needs);
  drawing.name('internet', ['the internet'], 'round');
  for (const need of needs) {
    drawing.name(need.environment, [need.environment, 'compute environment']);
    for (const id of need.subnets) {
      const subnet = facts.subnets.known ? facts.subnets.value.get(id) : undefined;
      drawing.name(id, [id, ...(subnet === undefined ? [] : describe(subnet))]);
      drawing.edge(need.environment, id);
    }
  }
  const broken = brokenServices(rows);
  if (places.known) for (const place of places.value) drawWay(drawing, facts, place, broken);
  for (const { code, breaks } of rows.flatMap(({ troubles }) => troubles)) {
    for (const [from, to] of breaks) drawing.broken(from, to, code, networkCodes[code].severity);
  }
  for (const lacking of rows.flatMap((row) => row.lacking)) {
    drawing.name(lacking.action, ['not known:', `${lacking.action} gave no answer`]);
  }
  return drawing.source();
}

function describe({ zone, cidr, freeAddresses }: Subnet): readonly string[] {
  return [`${zone}, ${cidr}`, `${freeAddresses} free addresses`];
}

function drawWay(drawing: Drawing, facts: NetworkFacts, place: Place, broken: ReadonlySet<string>): void {
  const { subnet, way } = place;
  if (way.out === 'unknown') return;
  const { table } = way;
  const isExplicit = table.associations.some((association) => association.subnet === subnet.id);
  drawing.name(table.id, [table.id, 'route table'], 'slanted');
  drawing.edge(subnet.id, table.id, isExplicit ? undefined : 'main');
  drawEndpoints(drawing, facts, place, broken);
  if (way.out === 'none') return;
  const { target, destination } = way.route;
  drawing.edge(table.id, target, destination);
  if (way.out === 'nat') drawNat(drawing, facts, target);
  else if (way.out === 'internet') drawGateway(drawing, target);
  else if (way.out === 'elsewhere') drawElsewhere(drawing, target);
}

function drawGateway(drawing: Drawing, id: string): void {
  drawing.name(id, [id, 'internet gateway']);
  drawing.edge(id, 'internet');
}

function drawElsewhere(drawing: Drawing, target: string): void {
  drawing.edge(target, 'elsewhere', 'cannot be seen');
  drawing.name('elsewhere', ['another network'], 'round');
}

/** On through its own subnet, as the NAT gateway's packets go. */
function drawNat(
  drawing: Drawing,
  { nats, neighbours, subnets, routeTables }: NetworkFacts,
  id: string,
): void {
  const nat = nats.known ? nats.value.find((gateway) => gateway.id === id) : undefined;
  const own = [subnets, neighbours]
    .flatMap((map) => (map.known && nat?.subnet !== undefined ? (map.value.get(nat.subnet) ?? []) : []))
    .at(0);
  drawing.name(id, [id, nat === undefined ? 'NAT gateway' : `${nat.connectivity} NAT gateway, ${nat.state}`]);
  const way = own === undefined || !routeTables.known ? undefined : wayOut(own, routeTables.value);
  if (way?.out === 'internet') {
    drawing.edge(id, way.route.target, `from ${own?.id}`);
    drawGateway(drawing, way.route.target);
  } else if (way?.out === 'elsewhere') {
    drawing.edge(id, way.route.target, `from ${own?.id}`);
    drawElsewhere(drawing, way.route.target);
  } else if (way === undefined) drawing.edge(id, 'internet');
}

/** Those that serve are one node; each of the others is one of its own, drawn with what breaks it. */
function drawEndpoints(
  drawing: Drawing,
  { endpoints, region }: NetworkFacts,
  place: Place,
  broken: ReadonlySet<string>,
): void {
  if (!endpoints.known || place.way.out === 'unknown') return;
  const { vpc } = place.subnet;
  const served = servicesOf(place).filter(
    (service) =>
      serving(service, place, region, endpoints.value).length > 0 && !broken.has(`${vpc} ${service}`),
  );
  if (served.length === 0) return;
  const node = `${vpc} ${served.join(' ')}`;
  drawing.name(node, [served.length === 1 ? 'endpoint of' : 'endpoints of', served.join(', ')]);
  drawing.edge(place.way.table.id, node);
}

function brokenServices(rows: readonly Row[]): ReadonlySet<string> {
  return new Set(
    rows.flatMap(({ troubles }) => troubles.flatMap(({ breaks }) => breaks.map(([, to]) => to))),
  );
}
