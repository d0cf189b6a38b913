import type { Combination } from '../grid/combination.ts';

/** Variables that hand out cloud or forge credentials (AWS SDK provider chain; GitHub Actions). */
const credentialNames = new Set([
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_CONFIG_FILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_BEARER_TOKEN_BEDROCK',
  'GITHUB_TOKEN',
  'GH_TOKEN',
  'GH_ENTERPRISE_TOKEN',
  'GITHUB_ENTERPRISE_TOKEN',
  'NPM_TOKEN',
  'NODE_AUTH_TOKEN',
]);
const credentialPrefixes = [
  'AWS_CONTAINER_CREDENTIALS_',
  'AWS_CONTAINER_AUTHORIZATION_',
  'ECS_CONTAINER_METADATA_URI',
  'ACTIONS_ID_TOKEN_',
  'ACTIONS_RUNTIME_',
  'INPUT_',
];

export interface ProgramEnvironment {
  /** Of the worker. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
  /** Resolved, with the round's overrides. */
  readonly declared: Readonly<Record<string, string>>;
  readonly combination: Combination;
  readonly credentials: boolean;
  readonly programPath?: string;
  readonly temporary: string;
  /** Marks everything the program starts, however it detaches itself. */
  readonly attemptId: string;
}

/** What the program sees. The index variable is the combination's: legacy scripts compute their month from it. */
export function programEnvironment(of: ProgramEnvironment): Readonly<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(of.inherited)) {
    if (value === undefined || name === 'MUSTER_LIFELINE') continue;
    if (of.credentials || !isCredential(name)) environment[name] = value;
  }
  environment.TMPDIR = of.temporary;
  Object.assign(environment, of.declared);
  for (const [name, text] of Object.entries(of.combination.text)) environment[parameterVariable(name)] = text;
  if (of.programPath !== undefined) {
    environment.PATH =
      environment.PATH === undefined ? of.programPath : `${of.programPath}:${environment.PATH}`;
  }
  environment.AWS_BATCH_JOB_ARRAY_INDEX = String(of.combination.index);
  environment.MUSTER_ATTEMPT_ID = of.attemptId;
  return environment;
}

export function isCredential(name: string): boolean {
  return credentialNames.has(name) || credentialPrefixes.some((prefix) => name.startsWith(prefix));
}

export function parameterVariable(name: string): string {
  return `MUSTER_PARAM_${name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')}`;
}
