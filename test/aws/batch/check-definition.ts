import type { RegisterJobDefinitionRequest } from '@aws-sdk/client-batch';
import { checkEnvironment, checkName, checkRetry, checkTags, checkTimeout } from './check-pattern.ts';
import { clientException } from './refusal.ts';

/** AB 2.1, 2.6, 2.9. */
export function checkRegistration(request: RegisterJobDefinitionRequest): void {
  checkName('Job definition name', request.jobDefinitionName);
  if (request.type !== 'container') throw clientException('type must be container');
  if (JSON.stringify(request).length > 24 * 1024)
    throw clientException('A job definition must be at most 24 KiB');
  const { image, environment, resourceRequirements, command } = request.containerProperties ?? {};
  if (image === undefined || image === '')
    throw clientException('Container.image should not be null or empty');
  if (image.length > 255) throw clientException('Container.image must be at most 255 characters');
  if (command?.includes('')) throw clientException('Container.command must not contain an empty string');
  for (const type of ['VCPU', 'MEMORY'])
    if (!resourceRequirements?.some((one) => one.type === type))
      throw clientException(`Container.resourceRequirements must contain ${type}`);
  checkEnvironment(environment);
  checkRetry(request.retryStrategy);
  checkTimeout(request.timeout);
  checkTags(request.tags);
}
