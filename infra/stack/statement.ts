/** What roles may do: plain data, so that a table of it can be read and tested. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The things that rights are about: text in which CloudFormation puts the account's own names (`Fn::Sub`). */
export interface Things {
  readonly name: string;
  /** Its name. */
  readonly bucket: string;
  readonly prefix: string;
  /** ARNs of other buckets that programs read. */
  readonly inputs: readonly string[];
  readonly queues: readonly string[];
  readonly logGroup: string;
  readonly imagePrefix: string;
  readonly jobRoles: readonly string[];
  readonly instanceProfile: string;
}

export const arn = (service: string, resource: string) =>
  `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`;
export const iamArn = (resource: string) => `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:${resource}`;
/** Of a name, which knows no region or account. */
export const bucketArn = (name: string) => `arn:\${AWS::Partition}:s3:::${name}`;

export const repositories = (prefix: string) => arn('ecr', `repository/${prefix}/*`);

export const allow = (
  Sid: string,
  Action: readonly string[],
  Resource: readonly string[],
  Condition?: NonNullable<Statement['Condition']>,
): Statement => ({ ...{ Sid, Effect: 'Allow', Action, Resource }, ...(Condition && { Condition }) });

export const objects = ({ bucket, prefix }: Things) => `${bucketArn(bucket)}/${prefix}/*`;

export const readStore = (things: Things): readonly Statement[] => [
  allow('ListStore', ['s3:ListBucket'], [bucketArn(things.bucket)]),
  allow('ReadStore', ['s3:GetObject'], [objects(things)]),
];

export const readInputs = ({ inputs }: Things): readonly Statement[] =>
  inputs.length === 0
    ? []
    : [
        allow('ListInputs', ['s3:ListBucket'], inputs),
        allow(
          'ReadInputs',
          ['s3:GetObject'],
          inputs.map((one) => `${one}/*`),
        ),
      ];
