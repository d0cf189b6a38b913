import { resolve } from 'node:path';
import { architectureOf, imageOf, imagesOf } from '../../src/action/image-inputs.ts';
import { lookForImages, tellMissing } from '../../src/action/image-lack.ts';
import { pushOne, tellPushed } from '../../src/action/image-push.ts';
import { credentialsOf } from '../../src/action/place.ts';
import type { Action, Done } from '../../src/action/run-action.ts';
import { openImagePlace } from '../../src/place/image-place.ts';
import type { Inputs, Output } from './inputs.ts';

const nothing = { missing: [], members: [], reference: '', digest: '', pushed: false };

/** Looks for images, builds the members that are missing, joins them, or does all of it on this runner. */
export async function main(action: Action<Inputs>): Promise<Done<Output>> {
  const { inputs, job } = action;
  const { stage, region } = inputs;
  const credentials = await credentialsOf(action);
  const aws = {
    ...(credentials !== undefined && { credentials }),
    ...(region !== undefined && { region }),
  };
  const place = openImagePlace(resolve(job.workspace, inputs.directory), {
    ...(stage !== undefined && { stage }),
  });
  switch (inputs.step) {
    case 'what': {
      const lack = await lookForImages(place, imagesOf(place.root, inputs.images), aws);
      await tellMissing(action, lack);
      return { outputs: { ...nothing, ...lack } };
    }
    case 'all': {
      const images = imagesOf(place.root, inputs.images);
      const pushed = [];
      for (const image of images) pushed.push(await pushOne(action, place, image, { aws }));
      await tellPushed(pushed);
      return { outputs: { ...nothing, pushed: pushed.some((one) => one.pushed) } };
    }
    default: {
      const join = inputs.step === 'join';
      const how = join ? { join } : { architecture: [architectureOf(inputs.architecture)] };
      const done = await pushOne(action, place, imageOf(place.root, inputs.image), { ...how, aws });
      await tellPushed([done]);
      const { reference, digest, pushed } = done;
      return { outputs: { ...nothing, reference, digest, pushed } };
    }
  }
}
