import { randomUUID } from 'node:crypto';
import { type Answer, answerOf } from '../../aws/answer.ts';
import { readFault } from '../../aws/fault.ts';
import { awsError } from '../../aws/remote-error.ts';
import { RemoteError } from '../../errors.ts';
import type { PreflightClients } from '../clients.ts';

/** What a bucket did with an object that was to be created twice. */
export interface Probe {
  readonly key: string;
  /** `unsupported`: the service does not know conditions; `denied`: a launch may write nothing either. Later steps are absent where earlier ones failed. */
  readonly created: Answer<'written' | 'unsupported' | 'denied'>;
  readonly again?: Answer<'refused' | 'overwritten'>;
  readonly deleted?: Answer<true>;
}

/**
 * Creates an object that must not exist, once more under the same condition, and deletes it: everything rests on the
 * second one being refused (AB 7.1). Three calls.
 */
export async function probeBucket(
  s3: PreflightClients['s3'],
  { name, prefix }: { readonly name: string; readonly prefix: string },
): Promise<Probe> {
  const key = `${prefix === '' ? '' : `${prefix}/`}preflight/${randomUUID()}`;
  const object = { Bucket: name, Key: key };
  const create = (Body: string) => s3.putObject({ ...object, Body, IfNoneMatch: '*' });
  const created = await answerOf('s3:PutObject', async () => {
    try {
      await create('first');
      return 'written' as const;
    } catch (error) {
      const { status } = readFault(error);
      // An earlier attempt of this call wrote it, and its answer was lost: nobody else knows the key.
      if (status === 412) return 'written' as const;
      if (status === 501) return 'unsupported' as const;
      const told = awsError('S3', 'PutObject', error);
      if (told instanceof RemoteError && told.denied) return 'denied' as const;
      throw error;
    }
  });
  if (!created.known || created.value !== 'written') return { key, created };
  const again = await answerOf('s3:PutObject', async () => {
    try {
      await create('second');
      return 'overwritten' as const;
    } catch (error) {
      if (readFault(error).status === 412) return 'refused' as const;
      throw error;
    }
  });
  const deleted = await answerOf('s3:DeleteObject', async () => {
    await s3.deleteObject(object);
    return true as const;
  });
  return { key, created, again, deleted };
}
