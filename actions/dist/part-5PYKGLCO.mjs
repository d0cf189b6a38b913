import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
var i=class extends Error{name="ConfigurationError";problems;constructor(e,n){let o="message"in e?[e]:e;super(o.map(l).join(`
`),n),this.problems=o}},s=class extends Error{name="PreflightError";findings;constructor(e){super(e.map(({code:n,about:o,seen:t})=>`${n} (${o}): ${t}`).join(`
`)),this.findings=e}},d=class extends Error{name="RemoteError";service;operation;requestId;denied;constructor(e,n,o){super(n,o),this.service=e.service,this.operation=e.operation,this.requestId=e.requestId,this.denied=e.denied??!1}};function l(r){return`${[r.file,r.line,r.column].filter(n=>n!==void 0).join(":")}: ${r.message}${r.fix===void 0?"":`
  ${r.fix}`}`}export{i as a,s as b,d as c,l as d};
