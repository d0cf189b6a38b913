import type { Subnet } from './facts.ts';
import { ec2Command } from './fix.ts';
import type { NetworkNeed } from './need.ts';
import { type Trouble, unique } from './trouble.ts';
import { isUsable } from './way.ts';

/**
 * One address an instance (AB 5.2), wherever among the subnets: none at all is an error, fewer than instances a warning,
 * because a run then only gets fewer of them at once; and so is a single full subnet, whose zone is lost. None is a
 * warning, too, while the environment has instances: they hold addresses, and take slices.
 */
export function addressTroubles(
  region: string,
  { environment, subnets: ids, instances, running = false }: NetworkNeed,
  subnets: ReadonlyMap<string, Subnet>,
): readonly Trouble[] {
  const ours = unique(ids)
    .flatMap((id) => subnets.get(id) ?? [])
    .filter(isUsable);
  if (ours.length === 0) return [];
  const free = ours.reduce((sum, { freeAddresses }) => sum + freeAddresses, 0);
  const each = ours.map(({ id, freeAddresses }) => `${id}: ${freeAddresses} free`).join(', ');
  const [{ vpc } = { vpc: '' }] = ours;
  const lookUp = `${ec2Command(region, 'describe-network-interfaces')} --filters Name=subnet-id,Values=`;
  const fix = `Add a larger subnet of ${vpc} to ${environment}, or free addresses: \`${lookUp}${ours.map(({ id }) => id).join(',')}\` shows what holds them.`;
  const breaks = ours.map(({ id }) => [environment, id] as const);
  if (free === 0 && running) {
    const seen = `${each}; ${environment} has instances, which hold some, and gets no more: it may need ${instances} at once.`;
    return [{ code: 'addresses-few', about: environment, seen, fix, breaks: [] }];
  }
  if (free === 0) {
    const seen = `${each}; ${environment} may need ${instances} at once.`;
    return [{ code: 'addresses-none', about: environment, seen, fix, breaks }];
  }
  if (free < instances) {
    const seen = `${each}; ${environment} may need ${instances} at once, and gets ${free}.`;
    return [{ code: 'addresses-few', about: environment, seen, fix, breaks: [] }];
  }
  return ours
    .filter(({ freeAddresses }) => freeAddresses === 0)
    .map(({ id, zone }) => ({
      ...{ code: 'subnet-full', about: id },
      seen: `No free address in this subnet of ${zone}; the other subnets of ${environment} have ${free}.`,
      fix: `\`${lookUp}${id}\` shows what holds them.`,
      breaks: [[environment, id]],
    }));
}
