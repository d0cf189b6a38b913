import type { Filter } from '@aws-sdk/client-pricing';
import { type AwsSettings, clientConfig, persistent, watched } from '../../src/aws/settings.ts';

/** The Price List service answers in three regions only; each knows the prices of all (AB 10.2). */
export function pricingRegion(near: string): string {
  if (near.startsWith('eu-')) return 'eu-central-1';
  return near.startsWith('ap-') ? 'ap-south-1' : 'us-east-1';
}

/** Products as the service tells them: JSON texts. */
export interface PriceList {
  /** Every size of a family, On-Demand, Linux. */
  family(name: string): Promise<readonly string[]>;
  /** S3 Standard. */
  storage(): Promise<readonly string[]>;
}

export async function openPriceList(settings: AwsSettings, region: string): Promise<PriceList> {
  const { Pricing } = await import('@aws-sdk/client-pricing');
  const near = { ...settings, region: pricingRegion(settings.region ?? region) };
  const pricing = watched(new Pricing(clientConfig(near, persistent)), near);
  const all = async (ServiceCode: string, Filters: Filter[]) => {
    const texts: string[] = [];
    let NextToken: string | undefined;
    do {
      const token = NextToken === undefined ? {} : { NextToken };
      const page = await pricing.getProducts({ ServiceCode, Filters, MaxResults: 100, ...token });
      for (const text of page.PriceList ?? []) texts.push(String(text));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return texts;
  };
  return {
    family: (name) =>
      all('AmazonEC2', [...machines(region), { Type: 'CONTAINS', Field: 'instanceType', Value: `${name}.` }]),
    storage: () => all('AmazonS3', storage(region)),
  };
}

const is = (Field: string, Value: string): Filter => ({ Type: 'TERM_MATCH', Field, Value });

/** AB 10.2, the filters of a widely used autoscaler. */
const machines = (region: string) => [
  is('regionCode', region),
  is('operatingSystem', 'Linux'),
  is('tenancy', 'Shared'),
  is('preInstalledSw', 'NA'),
  is('capacitystatus', 'Used'),
  is('marketoption', 'OnDemand'),
  is('productFamily', 'Compute Instance'),
];

/** Names of the attributes from memory [MEM]. */
const storage = (region: string) => [
  is('regionCode', region),
  is('productFamily', 'Storage'),
  is('storageClass', 'General Purpose'),
  is('volumeType', 'Standard'),
];
