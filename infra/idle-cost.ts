import { type Settings, settingsSchema } from './settings.ts';
import { endpointServices } from './stack/network.ts';

/** What things cost while nothing runs, USD (us-east-1; AB 10.4). */
export const prices = {
  natPerHour: 0.045,
  /** An interface endpoint in one zone. */
  endpointPerZoneHour: 0.01,
  /** Also that of a NAT gateway. */
  publicAddressPerHour: 0.005,
  /** [MEM] */
  alarmPerMonth: 0.1,
  /** A secret in Secrets Manager [MEM]; that of an EventBridge connection costs nothing. */
  secretPerMonth: 0.4,
} as const;

const hoursPerMonth = 730;

export interface Cost {
  readonly what: string;
  readonly usdPerMonth: number;
}

/** Everything of the set-up that costs something although no job runs; what is not here costs nothing. */
export function idleCosts({ network, events }: Settings): readonly Cost[] {
  const alarms = { what: 'Two alarms of CloudWatch', usdPerMonth: 2 * prices.alarmPerMonth };
  const secret = { what: 'The secret with the token', usdPerMonth: prices.secretPerMonth };
  return [...networkCosts(network), alarms, ...(events === undefined ? [] : [secret])];
}

function networkCosts({ mode, zones }: Settings['network']): readonly Cost[] {
  switch (mode) {
    case 'nat':
      return [
        {
          what: 'A NAT gateway and its address',
          usdPerMonth: (prices.natPerHour + prices.publicAddressPerHour) * hoursPerMonth,
        },
      ];
    case 'endpoints':
      return [
        {
          what: `${endpointServices.length} interface endpoints in ${zones} zones`,
          usdPerMonth: endpointServices.length * zones * prices.endpointPerZoneHour * hoursPerMonth,
        },
      ];
    default:
      return [];
  }
}

export const total = (costs: readonly Cost[]): number => costs.reduce((sum, one) => sum + one.usdPerMonth, 0);

/** What the network of a mode costs, beside the default of everything else. */
export const networkIdleUsd = (mode: Settings['network']['mode'], zones: number): number =>
  total(networkCosts({ ...settingsSchema.parse({}).network, mode, zones }));
