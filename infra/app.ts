import { App } from 'aws-cdk-lib';
import { readSettings } from './read-settings.ts';
import { makeStacks } from './stack/stacks.ts';

// Started by the command line of CDK, which says where to write.
const app = new App({ analyticsReporting: false });
makeStacks(app, readSettings(process.env.MUSTER_INFRA));
app.synth();
