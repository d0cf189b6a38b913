import type { Answer } from '../../aws/answer.ts';
import { isArchitecture } from '../../image/architecture.ts';
import { workerLabel } from '../../image/labels.ts';
import { entryPoint } from '../../image/worker-layer.ts';
import type { WantedImage } from '../wanted.ts';

/** Whether slices need this one; where no grid is given, they may need any that queues have. */
export const isNeeded = (architecture: string, architectures: readonly string[]) =>
  architectures.length === 0 ? isArchitecture(architecture) : architectures.includes(architecture);

/** What is known of one image that slices are to run in. */
export interface ImageFacts {
  readonly wanted: WantedImage;
  readonly found: FoundImage;
}

export type FoundImage =
  /** Nobody has pushed it: there is no reference. */
  | { readonly place: 'nowhere' }
  | {
      readonly place: 'ecr';
      readonly repository: EcrPlace;
      readonly content: Answer<ImageContent>;
      /** `ARCHIVED` and `ACTIVATING` images cannot be pulled (AB 6.1); absent: the service does not say. */
      readonly status?: Answer<string | undefined>;
    }
  | { readonly place: 'registry'; readonly content: Answer<ImageContent> };

/** A repository of ECR. */
export interface EcrPlace {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly digest: string;
}

export type ImageContent =
  | { readonly state: 'no-repository' }
  | { readonly state: 'missing' }
  /** Its registry knows it, and will not hand it out. */
  | { readonly state: 'withheld'; readonly reason: string }
  | {
      readonly state: 'there';
      /** An index for several architectures, or the manifest of one. */
      readonly kind: 'index' | 'manifest';
      /** Those of Linux; attestations are none (AB 6.3). */
      readonly members: readonly Member[];
    };

export interface Member {
  /** As the index claims it; of a single manifest, its own. */
  readonly architecture: string;
  /** The index lists it, and the registry does not have it: it was pushed without its members. */
  readonly lost?: true;
  /** Of the member itself; absent: it is lost, or nobody wants this architecture, so it was not read. */
  readonly inside?: Answer<Inside>;
}

/** What the configuration of an image says. */
export interface Inside {
  readonly architecture: string;
  readonly hasWorker: boolean;
}

/** The label of the worker layer, or its entry point: images that were made without labels start it all the same. */
export const holdsWorker = (labels: Readonly<Record<string, string>>, entrypoint: readonly string[]) =>
  labels[workerLabel] !== undefined || entrypoint.includes(workerFile);

/** What the worker layer starts. */
export const [, workerFile] = entryPoint;
