import { firstItems } from '../../aws/pages.ts';
import { awsError } from '../../aws/remote-error.ts';
import { type AwsSettings, clientConfig, persistent, watched } from '../../aws/settings.ts';
import { ConfigurationError, RemoteError } from '../../errors.ts';

/** What an instance type costs as Spot in one zone. */
interface SpotPrice {
  readonly type: string;
  readonly zone: string;
  readonly usdPerHour: number;
}

/** Types times zones: no queue has so many. */
const mostPrices = 3_000;

/**
 * Prices that hold at `now` for Linux, one for each type and zone (AB 10.2), by one call as a rule. `undefined` when
 * they cannot be had: no permission, no credentials, no answer. They are never worth a failure.
 */
export async function spotPrices(
  { aws, region }: { readonly aws: AwsSettings; readonly region: string },
  types: readonly string[],
  now: Date,
): Promise<readonly SpotPrice[] | undefined> {
  const { EC2 } = await import('@aws-sdk/client-ec2');
  const settings = { ...aws, region };
  const ec2 = watched(new EC2(clientConfig(settings, persistent)), settings);
  try {
    const history = await firstItems(mostPrices, async (nextToken) => {
      const { SpotPriceHistory, NextToken } = await ec2.describeSpotPriceHistory({
        InstanceTypes: types.map((type) => type as never), // the SDK lists names; the service knows newer ones
        ProductDescriptions: ['Linux/UNIX'],
        StartTime: now,
        NextToken: nextToken,
      });
      return { items: SpotPriceHistory, nextToken: NextToken };
    });
    return history?.map(({ InstanceType = '', AvailabilityZone = '', SpotPrice }) => ({
      type: InstanceType,
      zone: AvailabilityZone,
      usdPerHour: Number(SpotPrice),
    }));
  } catch (error) {
    const told = awsError('EC2', 'DescribeSpotPriceHistory', error);
    if (told instanceof RemoteError || told instanceof ConfigurationError) return undefined;
    throw told;
  }
}
