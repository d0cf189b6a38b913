import { RemovalPolicy } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Construct } from 'constructs';
import { keepingPolicy } from '../../src/image/ecr/lifecycle.ts';
import { repositorySettings } from '../../src/image/ecr/repository.ts';
import type { Settings } from '../settings.ts';

/** Repositories as the first push of an image would make them: the same settings, from the same place. */
export class Images extends Construct {
  constructor(scope: Construct, id: string, { images }: Settings) {
    super(scope, id);
    for (const name of images.repositories) this.#repository(`${images.prefix}/${name}`);
  }

  #repository(name: string): void {
    const { imageTagMutability, imageTagMutabilityExclusionFilters = [] } = repositorySettings;
    const repository = new ecr.CfnRepository(this, name, {
      repositoryName: name,
      ...(imageTagMutability !== undefined && { imageTagMutability }),
      imageTagMutabilityExclusionFilters: imageTagMutabilityExclusionFilters.map((one) => ({
        imageTagMutabilityExclusionFilterType: one.filterType ?? '',
        imageTagMutabilityExclusionFilterValue: one.filter ?? '',
      })),
      imageScanningConfiguration: { scanOnPush: true },
      lifecyclePolicy: { lifecyclePolicyText: JSON.stringify(keepingPolicy) },
    });
    // Published runs name its images.
    repository.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}
