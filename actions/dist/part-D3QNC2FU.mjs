import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
import{j as g}from"./part-SVZIC25Y.mjs";import{a as m}from"./part-RSIA7KBF.mjs";import{a,b as u,c as f,d}from"./part-5PYKGLCO.mjs";var t={succeeded:0,incomplete:1,configuration:2,remote:3,bug:70,interrupted:130};function b(e){let{service:n,operation:s,message:o,requestId:r,cause:c}=e;if(o.startsWith(`${n}: ${s}`))return o;let l=r===void 0?"":` (request ${r})`,i=c instanceof Error?c.message:"",p=i===""||i.includes(`
`)?"":`
  because: ${i}`;return`${n} ${s}: ${o}${l}${p}`}var h="Nothing was submitted. Mend it and repeat the command; --no-preflight goes on without looking.";function w(e){if(e instanceof a)return{code:t.configuration,text:e.problems.map(d).join(`
`)};if(e instanceof u)return{code:t.configuration,text:[...g(e.findings),h].join(`
`)};if(e instanceof f)return{code:t.remote,text:b(e)};if(e instanceof m)return{code:t.incomplete,text:e.message};let n=e instanceof Error?e.stack??e.message:String(e);return{code:t.bug,text:`This is a bug in Muster. Please report it with these lines:
${n}`}}export{w as a};
