import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
var m="<!-- muster:begin -->",c="<!-- muster:end -->";var d=`

*This text was cut at 65,000 characters. The rest is in the files of this review.*`;function $(e,n){return a("",e,n)}function b(e){let n=/<!-- muster:version (\d+) -->/.exec(y(e)?.text??"")?.[1];return n===void 0?void 0:Number(n)}function a(e,n,t){let r=e.replaceAll(`\r
`,`
`),o=y(r),s=o===void 0?x(r):r.slice(0,o.from),l=o===void 0?"":r.slice(o.to),u=`${m}
<!-- muster:version ${t} -->
`,h=65e3-i(s)-i(l)-i(u)-i(c)-1;return`${s}${u}${f(g(n).trimEnd(),Math.max(h,i(d)))}
${c}${l}`}function v(e,n){if(e.state==="closed")return{outcome:"closed"};if((b(e.body)??-1)>n.version)return{outcome:"stale"};let t=a(e.body,n.body,n.version);return e.title===n.title&&e.body.replaceAll(`\r
`,`
`)===t?{outcome:"unchanged"}:{outcome:"updated",title:n.title,body:t}}function M(e,n){let t=`<!-- muster:comment ${e} -->
`;return`${t}${f(g(n),65e3-i(t))}`}function A(e,n){return n.startsWith(`<!-- muster:comment ${e} -->`)}function f(e,n){if(i(e)<=n)return e;let r=n-i(d)-16*4,o=Array.from(e).slice(0,Math.max(r,0)).join(""),s=o.slice(0,Math.max(o.lastIndexOf(`
`),0));return`${s===""?o:s}${p(s)}${d}`}function p(e){let n="",t=0;for(let r of e.split(`
`)){let o=/^`{3,}/.exec(r)?.[0];n!==""?n=o!==void 0&&r.trim()===o&&o.length>=n.length?"":n:o!==void 0?n=o:t+=(r.match(/<details/g)??[]).length-(r.match(/<\/details>/g)??[]).length}return`${n===""?"":`
${n}`}${`

</details>`.repeat(Math.min(Math.max(t,0),4))}`}var g=e=>e.replaceAll("<!-- muster:","<!-- muster ");function y(e){let n=e.indexOf(m),t=e.indexOf(c,n);if(n<0||t<0)return;let r=t+c.length;return{from:n,to:r,text:e.slice(n,r)}}var x=e=>e.trim()===""?"":`${e.trimEnd()}

`;function i(e){let n=0;for(let t of e)n+=1;return n}export{$ as a,b,v as c,M as d,A as e};
