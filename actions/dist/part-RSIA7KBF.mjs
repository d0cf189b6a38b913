import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
var e=class extends Error{name="BuildError"};export{e as a};
