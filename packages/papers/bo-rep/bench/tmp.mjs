import { runExperiment } from '@opt/core/experiment'
import { experiment } from '@opt/bo-rep/experiment'
for (const seed of process.argv.slice(3).map(Number)) {
let last='',t=process.cpuUsage().user
const r=await runExperiment(experiment,{scale:process.argv[2],seed,onProgress:(f,l)=>{const n=process.cpuUsage().user; if(seed===0)console.log(last,((n-t)/1e3).toFixed(0),'ms');last=l;t=n}})
console.log('seed',seed,'wall',r.seconds.toFixed(1),'total cpu',(process.cpuUsage().user/1e6).toFixed(1))
if(seed===0||process.env.T)for(const t of r.tables){console.log(t.title);console.log(t.columns.join(' | '));t.rows.forEach(x=>console.log(x.join(' | ')))}
for(const c of r.claims)console.log(c.pass,c.claim,'::',c.ours)
}
