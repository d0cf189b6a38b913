import { awsError } from '../../aws/remote-error.ts';
import { RemoteError } from '../../errors.ts';

/** A call of Batch, with its errors in words. */
export async function asked<Answer>(
  operation: string,
  answer: Promise<Answer>,
  resource?: string,
): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    throw awsError('Batch', operation, error, resource === undefined ? {} : { resource });
  }
}

/** Whether Batch found fault with the request itself: a wrong id, wrong input (AB 3). The words are for people only. */
export function isClientException(error: unknown): boolean {
  const origin = error instanceof RemoteError ? error.cause : error;
  return origin instanceof Error && origin.name === 'ClientException';
}
