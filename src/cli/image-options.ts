import { InvalidArgumentError } from 'commander';
import { type Architecture, architectures, isArchitecture } from '../image/architecture.ts';

/** `--architecture arm64,amd64` */
export function architectureList(text: string): readonly Architecture[] {
  const words = text.split(',').map((word) => word.trim());
  const known = words.filter(isArchitecture);
  if (known.length < words.length) throw new InvalidArgumentError('write arm64, amd64, or both: arm64,amd64');
  return architectures.filter((one) => known.includes(one));
}

/** What takes long tells how far it is; results go to stdout. */
export const tell = (line: string) => void process.stderr.write(`${line}\n`);
