import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
import{b as i,h as o}from"./part-XTOP23ZF.mjs";function d(n){return`${n.filter(r=>r!==void 0&&r!=="").join(`

`)}
`}function g(n,r,s=[]){let e=t=>`| ${t.join(" | ")} |`,l=n.map((t,u)=>s.includes(u)?"--:":"---");return[e(n),e(l),...r.map(e)].join(`
`)}function f(n){return n.map(r=>`- ${r}`).join(`
`)}function m(n,r){return`<details><summary>${n}</summary>

${r}

</details>`}function c(n){return o(n.map(r=>i(r,2e3)).join(`
`),{language:"sh",width:2e3})}export{d as a,g as b,f as c,m as d,c as e};
