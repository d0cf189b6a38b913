import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
function f({file:e,line:r,column:n,message:t,fix:d},o){return{file:o===""?e:`${o}/${e}`,message:d===void 0?t:`${t}
${d}`,...r!==void 0&&{line:r},...n!==void 0&&{column:n}}}export{f as a};
