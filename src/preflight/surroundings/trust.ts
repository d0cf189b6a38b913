import { policyStatements, policyWith, speaksOf } from '../../aws/policy-document.ts';

/** A trust policy that could be read. */
export interface Trust {
  /** Services that may become the role; `*` for anybody. */
  readonly services: readonly string[];
  /** Its text, JSON. */
  readonly document: string;
}

/** `undefined`: it cannot be read. @param document as IAM gives it: JSON, percent-encoded. */
export function readTrust(document = ''): Trust | undefined {
  const services = trustedServices(document);
  return services && { services, document };
}

/**
 * Services that may become a role, by its trust policy. Conditions are not weighed, so that a role may be refused
 * although it is listed here.
 */
export function trustedServices(document: string | undefined): readonly string[] | undefined {
  return policyStatements(document)
    ?.filter((statement) => statement.allows && speaksOf(statement, 'sts:AssumeRole'))
    .flatMap(({ principals = {} }) => [
      ...(principals.AWS?.includes('*') ? ['*'] : []),
      ...(principals.Service ?? []),
    ]);
}

/** The policy with one more service, and all that it says already: writing a policy replaces the one there is. */
export const alsoTrusting = ({ document }: Trust, service: string): string =>
  policyWith(document, trusting(service));

/** A policy that lets a service become the role, and nobody else. */
export const trustOf = (service: string): string =>
  policyWith('{"Version":"2012-10-17","Statement":[]}', trusting(service));

const trusting = (service: string) => ({
  Effect: 'Allow',
  Principal: { Service: service },
  Action: 'sts:AssumeRole',
});
