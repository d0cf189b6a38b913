import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
import{b as a,c as b}from"./part-JAQPRQ4F.mjs";import"./part-RV5SGJ5K.mjs";import"./part-4BJB2XU5.mjs";import"./part-6FRK3RXO.mjs";import"./part-HRVNSLHC.mjs";import"./part-5PYKGLCO.mjs";import"./part-MUUVWGMV.mjs";export{b as githubForge,a as openGithubForge};
