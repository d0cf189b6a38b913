import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
function t(e){return e.split("/").map(encodeURIComponent).join("/").replaceAll("(","%28").replaceAll(")","%29")}export{t as a};
