import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The profile that AWS_PROFILE names when no file has it: the SDK then only says that it found no credentials.
 * Files and headings as the AWS CLI writes them.
 */
export function missingProfile(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { AWS_PROFILE: profile, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } = environment;
  if (profile === undefined || profile === '') return undefined;
  const folder = join(homedir(), '.aws');
  const files = [
    AWS_CONFIG_FILE || join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE || join(folder, 'credentials'),
  ];
  return files.some((file) => headings(file).has(profile)) ? undefined : profile;
}

/** Names of the profiles in a file; of none where there is no file. */
function headings(file: string): ReadonlySet<string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return new Set();
  }
  return new Set(
    Array.from(text.matchAll(/^\s*\[\s*(?:profile\s+)?["']?(.*?)["']?\s*\]/gm), ([, name = '']) => name),
  );
}
