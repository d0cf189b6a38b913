import { z } from 'zod';
import { keyTables } from '../grid/reference-page.ts';
import type { JsonSchema } from '../grid/schema-problems.ts';
import { fileSchema } from './configuration-schema.ts';
import { variables } from './decide.ts';

/** The two documents that the schema of `muster.yaml` writes: for editors, and for people. */

export function configurationDocument(): string {
  const { $schema, ...schema } = jsonSchema();
  return `${JSON.stringify({ $schema, ...schema }, null, 2)}\n`;
}

export const configurationPage = (): string => `${introduction}\n${keyTables(jsonSchema())}`;

/** As written: defaults not filled in. */
// `toJSONSchema` returns a JSON Schema document; its own type is wider than what we read of it.
const jsonSchema = () => z.toJSONSchema(fileSchema, { io: 'input', target: 'draft-7' }) as JsonSchema;

const introduction = `# muster.yaml

Written by \`npm run docs\` from the schema in \`src/run/configuration-schema.ts\`; do not edit.

The operator's file, beside \`grids/\`. Without it everything has the default, which is right for one machine. An unknown
key is an error. It is read when a command starts; grids may lower its limits, never raise them. Editors complete and
check it after this first line:

\`\`\`yaml
# yaml-language-server: $schema=docs/muster-yaml.schema.json
\`\`\`

In a repository of your own it is the way from your file to \`docs/muster-yaml.schema.json\` of the clone of Muster.

A shared node that is paid for:

\`\`\`yaml
store: /data/muster
repository: lab/grids
money: { run_usd: 20, local_usd_per_vcpu_hour: 0.04 }
\`\`\`

An account of AWS, and a stage to try things in ([aws.md](aws.md) leads there):

\`\`\`yaml
engine: aws-batch
store: s3://lab-muster/ensembles
queues:
  spot:
    arn: arn:aws:batch:us-east-1:123456789012:job-queue/muster-spot
    architecture: amd64
    capacity: spot
    instances: [c7a, m7a]
    max_vcpus: 256
roles: { job: "arn:aws:iam::123456789012:role/muster-job" }
money: { run_usd: 60, month_usd: 500 }
stages:
  trial: { store: s3://lab-muster/trial, money: { run_usd: 2 } }
\`\`\`

## Who decides

The command line before the environment before this file before the default. A message about a value names the place
that said it. An empty variable says nothing.

| What | Command line | Environment | This file |
|---|---|---|---|
| stage | \`--stage\` | \`${variables.stage}\` | |
| store | \`--store\` | \`${variables.store}\` | \`store\` |
| engine | \`--engine\` | \`${variables.engine}\` | \`engine\` |
| region | | \`${variables.region}\` | \`region\`, else that of the queues |

Where none of these says a region, \`AWS_REGION\`, \`AWS_DEFAULT_REGION\` and the profile are asked. They never overrule the
file: queues and region belong together. Credentials, profiles and endpoints (\`AWS_PROFILE\`, \`AWS_ENDPOINT_URL_S3\` for a
store that speaks S3 elsewhere) are those of the AWS SDK.
`;
