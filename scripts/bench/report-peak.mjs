// Loaded before a program that is measured: tells its peak memory (KiB) on descriptor 3 when it ends.
import { readFileSync, writeSync } from 'node:fs';

process.on('exit', () => writeSync(3, String(peak())));

function peak() {
  try {
    // Its own: on Linux the peak that getrusage tells includes what the parent had when it started us.
    const [, own] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (own !== undefined) return own;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS;
}
