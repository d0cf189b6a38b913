import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
var e={submitted:0,pending:0,runnable:0,starting:0,running:0,succeeded:0,failed:0},n={jobId:"AWS_BATCH_JOB_ID",attempt:"AWS_BATCH_JOB_ATTEMPT",arrayIndex:"AWS_BATCH_JOB_ARRAY_INDEX"};export{e as a,n as b};
