import { z } from 'zod';

/** An element of `PriceList[]`, which is JSON in a string (AB 10.2). */
const productSchema = z.object({
  product: z.object({
    attributes: z.looseObject({
      instanceType: z.string().optional(),
      vcpu: z.string().optional(),
      memory: z.string().optional(),
    }),
  }),
  terms: z.object({
    OnDemand: z
      .record(
        z.string(),
        z.object({
          priceDimensions: z.record(
            z.string(),
            z.object({
              beginRange: z.string().optional(),
              pricePerUnit: z.looseObject({ USD: z.string().optional() }),
            }),
          ),
        }),
      )
      .optional(),
  }),
});

/** One size of a family with its price. */
export interface PricedSize {
  readonly type: string;
  readonly vcpus: number;
  readonly gib: number;
  readonly usdPerHour: number;
}

type Product = z.infer<typeof productSchema>;

const parse = (text: string): Product => productSchema.parse(JSON.parse(text));

/** The sizes of one family; whole machines (`metal`) are left out, since Batch starts none of them by a family's name. */
export function sizesOf(family: string, texts: readonly string[]): readonly PricedSize[] {
  return texts.flatMap((text) => {
    const product = parse(text);
    const { instanceType: type = '', vcpu, memory } = product.product.attributes;
    if (!type.startsWith(`${family}.`) || type.includes('metal')) return [];
    const vcpus = Number(vcpu);
    const gib = Number(memory?.replaceAll(',', '').replace(/ GiB$/, ''));
    const [usdPerHour] = amounts(product);
    if (usdPerHour === undefined || !(vcpus > 0) || !(gib > 0)) return [];
    return [{ type, vcpus, gib, usdPerHour }];
  });
}

/** USD of a GB-month in the first tier; `undefined` when it is not told. */
export function storagePrice(texts: readonly string[]): number | undefined {
  return texts.flatMap((text) => amounts(parse(text), '0'))[0];
}

/** Zero stands for what costs nothing by itself: reserved capacity, free tiers. */
function amounts({ terms }: Product, from?: string): readonly number[] {
  const dimensions = Object.values(terms.OnDemand ?? {}).flatMap((term) =>
    Object.values(term.priceDimensions),
  );
  return dimensions
    .filter(({ beginRange }) => from === undefined || beginRange === from)
    .map(({ pricePerUnit }) => Number(pricePerUnit.USD))
    .filter((usd) => usd > 0);
}
