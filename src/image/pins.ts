import { type IdentifiedImage, identifyImage } from './identity.ts';

/**
 * An image that `muster.yaml` pins is what the digest says, whatever `docker/<name>` holds by now: what runs is the
 * pushed image, so that is the identity of the run and of its results.
 */
export function identifyPinned(
  root: string,
  pins: Readonly<Record<string, string>>,
  image: string,
): IdentifiedImage {
  const reference = Object.hasOwn(pins, image) ? pins[image] : undefined;
  return reference === undefined
    ? identifyImage(root, image)
    : { ...identifyImage(root, reference), name: image };
}
