import { randomBytes } from 'node:crypto';
import { bornOf, thisProcess } from '../engine/local/process-identity.ts';
import type { RunDeps } from '../run/deps.ts';

/** A name for leases that tells a dead holder on this machine from a living one, whatever engine runs the slices. */
export function owner(): Pick<RunDeps, 'owner' | 'isGone'> {
  const me = thisProcess();
  const parts = [String(me.pid), me.born, me.machine, randomBytes(4).toString('hex')];
  return {
    owner: parts.join('|'),
    isGone: (other) => {
      const [pid, born, machine] = other.split('|');
      return machine === me.machine && bornOf(Number(pid)) !== born;
    },
  };
}
