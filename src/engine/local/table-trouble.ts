import { RemoteError } from '../../errors.ts';

/** Trouble with the folder is the engine's trouble, with the place and the cause; anything else is a bug. */
export async function guard<T>(operation: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    const at = { service: 'local engine', operation };
    throw new RemoteError(at, `The job table cannot be used: ${cause.message}`, { cause });
  }
}
