import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
import{n as r}from"./part-XTOP23ZF.mjs";import{b as o}from"./part-GRA6TEH7.mjs";var e=2**18-1024;async function m(t){process.env.GITHUB_STEP_SUMMARY&&await o.addRaw(r(t,"The log of this step has more.",e),!0).write()}export{m as a};
