import type { ECR } from '@aws-sdk/client-ecr';
import { awsError } from '../../aws/remote-error.ts';
import { RemoteError } from '../../errors.ts';
import type { Credentials } from '../credentials.ts';

/** For every registry that this identity may use, for 12 hours (AB 6.1). */
export async function authorization(ecr: ECR): Promise<Credentials> {
  const token = await askToken(ecr);
  const text = Buffer.from(token, 'base64').toString();
  // `AWS:<password>` (AB 6.1 [MEM])
  const colon = text.indexOf(':');
  if (colon > 0) return { user: text.slice(0, colon), password: text.slice(colon + 1), from: 'ecr' };
  throw unreadable();
}

async function askToken(ecr: ECR): Promise<string> {
  try {
    const { authorizationData = [] } = await ecr.getAuthorizationToken({});
    return authorizationData[0]?.authorizationToken ?? '';
  } catch (error) {
    throw awsError('ECR', 'GetAuthorizationToken', error);
  }
}

/** The answer itself is not shown: it may hold a part of the password. */
const unreadable = () =>
  new RemoteError(
    { service: 'ECR', operation: 'GetAuthorizationToken' },
    'the answer holds no token that can be used. Try again; if it stays so, log Docker in by hand: `aws ecr get-login-password | docker login --username AWS --password-stdin <registry>`.',
  );
