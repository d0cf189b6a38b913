import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
import{c as n,g as t,h as r,i as p}from"../../dist/part-N5XT4VFZ.mjs";import"../../dist/part-OTH2XOJ3.mjs";import"../../dist/part-HPRJWRZN.mjs";import"../../dist/part-BH2DFIE6.mjs";import"../../dist/part-RSIA7KBF.mjs";import"../../dist/part-XK6BLFF7.mjs";import"../../dist/part-WTT6SE7J.mjs";import"../../dist/part-UJ6R7I4S.mjs";import"../../dist/part-XTOP23ZF.mjs";import{a as o}from"../../dist/part-HRVNSLHC.mjs";import"../../dist/part-5PYKGLCO.mjs";import"../../dist/part-GRA6TEH7.mjs";import"../../dist/part-MUUVWGMV.mjs";var e=o.object({grids:t(),only:t(),environments:t(`spend
launch
watch
images
`),"watch-workflow":n("watch.yml"),...r});await p(e,async()=>(await import("../../dist/part-WMP5VQ2L.mjs")).main);
