import { EC2 } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { S3 } from '@aws-sdk/client-s3';
import { STS } from '@aws-sdk/client-sts';
import { clientConfig, persistent } from '../src/aws/settings.ts';
import { gatherDeployment } from './gather-deployment.ts';
import { judgeDeployment } from './judge-deployment.ts';
import { readSettings } from './read-settings.ts';

// Before `deploy`: what would make it fail half-way is named before anything is made. Ends with 2 if there is such a thing.
const config = clientConfig({}, persistent);
const ec2 = new EC2(config);
const clients = { ec2, iam: new IAM(config), s3: new S3(config), sts: new STS(config) };
const settings = readSettings(process.env.MUSTER_INFRA);
try {
  const region = await ec2.config.region();
  const troubles = judgeDeployment(await gatherDeployment(clients, region, settings), settings);
  for (const { severity, text } of troubles) console.error(`${severity}: ${text}`);
  if (troubles.some(({ severity }) => severity === 'error')) {
    console.error('Nothing was made.');
    process.exitCode = 2;
  }
} catch (error) {
  console.error(
    `the account cannot be asked: ${error instanceof Error ? error.message : error}. Nothing was made.`,
  );
  process.exitCode = 2;
}
