import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
var n={kind:"absent"},r=e=>({kind:"version",version:e});export{n as a,r as b};
