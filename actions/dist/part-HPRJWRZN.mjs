import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
import{j as l}from"./part-BH2DFIE6.mjs";import{a as g}from"./part-RSIA7KBF.mjs";import{z as i}from"./part-XTOP23ZF.mjs";import{a as u,b as f,c as m,d}from"./part-5PYKGLCO.mjs";var t={succeeded:0,incomplete:1,configuration:2,remote:3,bug:70,interrupted:130};function h(e){let{service:n,operation:o,message:s,requestId:c,cause:a}=e;if(s.startsWith(`${n}: ${o}`))return s;let p=c===void 0?"":` (request ${c})`,r=a instanceof Error?a.message:"",b=r===""||r.includes(`
`)?"":`
  because: ${r}`;return`${n} ${o}: ${s}${p}${b}`}var x="Nothing was submitted. Mend it and repeat the command; --no-preflight goes on without looking.";function q(e){if(e instanceof u)return{code:t.configuration,text:i(e.problems.map(d).join(`
`))};if(e instanceof f){let o=[...l(e.findings),x];return{code:t.configuration,text:i(o.join(`
`))}}if(e instanceof m)return{code:t.remote,text:i(h(e))};if(e instanceof g)return{code:t.incomplete,text:e.message};let n=e instanceof Error?e.stack??e.message:String(e);return{code:t.bug,text:`This is a bug in Muster. Please report it with these lines:
${n}`}}export{q as a};
