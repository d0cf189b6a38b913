import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);
import{c as n,g as t,h as r,i as p}from"../../dist/part-GFW6S6FE.mjs";import"../../dist/part-OTH2XOJ3.mjs";import"../../dist/part-56C7H5KD.mjs";import"../../dist/part-RSIA7KBF.mjs";import"../../dist/part-X4GC54MV.mjs";import"../../dist/part-QX7OSUIC.mjs";import"../../dist/part-AA7Q4XYY.mjs";import{a as o}from"../../dist/part-HRVNSLHC.mjs";import"../../dist/part-5PYKGLCO.mjs";import"../../dist/part-GRA6TEH7.mjs";import"../../dist/part-MUUVWGMV.mjs";var e=o.object({grids:t(),only:t(),environments:t(`spend
launch
watch
images
`),"watch-workflow":n("watch.yml"),...r});await p(e,async()=>(await import("../../dist/part-WOB4PIC4.mjs")).main);
