import { readFault } from '../../aws/fault.ts';

/** Where S3 says that a bucket is, if it is elsewhere. */
export function regionTold(error: unknown, asked: string): { readonly region?: string } | undefined {
  const { status = 0, headers } = readFault(error);
  const told = headers['x-amz-bucket-region'];
  if (told !== undefined && told !== asked) return { region: told };
  return status === 301 || status === 307 ? {} : undefined;
}
