import { policyStatements, speaksOf } from '../../aws/policy-document.ts';

/**
 * Services that may become a role, by its trust policy; `*` for anybody. Conditions are not weighed, so that a role may
 * be refused although it is listed here. `undefined`: the policy cannot be read.
 * @param document as IAM gives it: JSON, percent-encoded.
 */
export function trustedServices(document: string | undefined): readonly string[] | undefined {
  return policyStatements(document)
    ?.filter((statement) => statement.allows && speaksOf(statement, 'sts:AssumeRole'))
    .flatMap(({ principals = {} }) => [
      ...(principals['AWS']?.includes('*') ? ['*'] : []),
      ...(principals['Service'] ?? []),
    ]);
}
