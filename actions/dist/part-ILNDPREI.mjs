import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
import{a,b,c,d,e,f,g}from"./part-5EHGVYNF.mjs";import"./part-T2PJPRN7.mjs";import"./part-BQOJXAWE.mjs";import"./part-DNY6QRER.mjs";import"./part-MUUVWGMV.mjs";export{f as ENV_ACCOUNT_ID,e as ENV_CREDENTIAL_SCOPE,d as ENV_EXPIRATION,a as ENV_KEY,b as ENV_SECRET,c as ENV_SESSION,g as fromEnv};
