import type { Check } from '../finding.ts';
import type { NetworkFacts } from './facts.ts';
import { groundOf } from './ground.ts';
import { judgeBlocks } from './judge-blocks.ts';
import { judgeEndpoints } from './judge-endpoints.ts';
import { judgeGateways } from './judge-gateways.ts';
import { judgeGroups } from './judge-groups.ts';
import { judgePlaces } from './judge-places.ts';
import { judgeRoutes } from './judge-routes.ts';
import type { NetworkNeed } from './need.ts';
import { checkOf, type Row } from './trouble.ts';

/**
 * The rows of design, section 10, on the network. What one cause implies is not said again: a subnet that does not exist
 * has no way out, and is said to be missing only.
 */
export function judgeNetwork(facts: NetworkFacts, needs: readonly NetworkNeed[]): readonly Check[] {
  return networkRows(facts, needs).map(checkOf);
}

/** With what the picture needs. */
export function networkRows(facts: NetworkFacts, needs: readonly NetworkNeed[]): readonly Row[] {
  const ground = groundOf(facts, needs);
  const rows = [
    ...judgePlaces(facts, needs),
    ...judgeRoutes(ground),
    ...judgeGateways(ground),
    ...judgeEndpoints(ground),
    ...judgeBlocks(ground),
    ...judgeGroups(ground),
  ];
  const nothing = 'No compute environment of these queues could be read.';
  return needs.length > 0 ? rows : rows.map((row) => ({ ...row, troubles: [], lacking: [], nothing }));
}
