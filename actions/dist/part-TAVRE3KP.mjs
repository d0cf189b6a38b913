import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
import{b as e,d as n,e as r}from"./part-AHURDJ2F.mjs";import"./part-RVLPUPPO.mjs";import"./part-NIKZKAYV.mjs";import"./part-5PYKGLCO.mjs";import"./part-MUUVWGMV.mjs";async function s(t){let{ECR:i}=await import("./part-FNG7L247.mjs");return r(new i(n(t,e)),t)}export{s as openEcr};
