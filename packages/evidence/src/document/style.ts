/**
 * The look of the page: two hues carry meaning, green is the device, blue is the cloud, as on Edgewise's own page. Text has a contrast of
 * at least 4.5:1 in both schemes. On paper it is light, and a table's row is not cut.
 */
export const style = `
:root{color-scheme:light dark;
--ground:light-dark(#f4f6f3,#0e1311);--surface:light-dark(#fff,#161d1a);--ink:light-dark(#14211b,#e8eeea);
--soft:light-dark(#53615a,#9dafa6);--line:light-dark(#dde3de,#2a3530);
--device:light-dark(#0f704c,#55cf9c);--kept:light-dark(#5f8a2f,#b4d67a);--cloud:light-dark(#3d55c4,#9db0ff);
--warn:light-dark(#a04e00,#f0b06c);--warn-wash:light-dark(#fdf0e0,#38281a);--device-wash:light-dark(#e2f2ea,#173529);
--plain:var(--ink);
--plot-ink:var(--ink);--plot-muted:var(--soft);--plot-grid:var(--line);--plot-surface:transparent}
*{box-sizing:border-box}
html{background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:1080px;padding:clamp(24px,5vw,56px) clamp(16px,4vw,40px) 72px}
h1,h2,p,dl,dd,figure,ul{margin:0;padding:0}
header{padding-bottom:28px}
.brand{color:var(--device);font-weight:650;letter-spacing:.01em}
h1{font-size:clamp(2rem,5vw,2.75rem);line-height:1.1;letter-spacing:-.025em;font-weight:680;margin-top:2px}
.subtitle{color:var(--soft);margin-top:10px;overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:4px 20px;margin-top:20px;font-size:.9375rem}
nav a{color:var(--ink);text-decoration:underline;text-decoration-color:var(--line);text-underline-offset:5px;text-decoration-thickness:2px}
nav a:hover{text-decoration-color:var(--device)}
section{background:var(--surface);border:1px solid var(--line);border-radius:14px;padding:clamp(20px,3.2vw,34px);margin-top:20px;scroll-margin-top:16px}
h2{font-size:1.5rem;line-height:1.2;letter-spacing:-.015em;font-weight:660}
.lead{color:var(--soft);margin-top:6px;max-width:68ch}
.text{margin-top:20px;max-width:76ch;overflow-wrap:anywhere}
.text.warn,.text.device{max-width:none;padding:11px 16px;border-radius:9px;font-size:.9375rem}
.text.warn{background:var(--warn-wash);color:var(--warn)}
.text.device{background:var(--device-wash);color:var(--device)}
#summary>.text:nth-of-type(1){font-size:clamp(1.125rem,2.1vw,1.3125rem);line-height:1.5;letter-spacing:-.005em;max-width:64ch;margin-top:14px}
#summary>.text:last-child:not(:nth-of-type(1)){color:var(--soft);font-size:.9375rem}
.list{margin-top:20px;padding:12px 18px 12px 34px;border-radius:9px;font-size:.9375rem;overflow-wrap:anywhere}
.list li+li{margin-top:5px}.list.warn{background:var(--warn-wash);color:var(--warn)}.list.device{background:var(--device-wash);color:var(--device)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(132px,1fr));gap:26px 22px;margin-top:26px}
.figures>div{border-top:3px solid var(--line);padding-top:10px}
.figures>.device{border-color:var(--device)}.figures>.kept{border-color:var(--kept)}.figures>.cloud{border-color:var(--cloud)}.figures>.warn{border-color:var(--warn)}
.figures dt{color:var(--soft);font-size:.875rem}
.figures b{display:block;font-size:1.75rem;line-height:1.25;font-weight:640;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.figures .unknown{font-size:1.25rem;line-height:1.75;font-weight:500;color:var(--soft);letter-spacing:0}
.figures small{display:block;color:var(--soft);font-size:.8125rem;line-height:1.4;margin-top:2px}
.parts{margin-top:26px}
.parts figcaption{color:var(--soft);font-size:.875rem;margin-bottom:8px}
.bar{display:flex;gap:2px;height:26px;border-radius:7px;overflow:hidden}
.bar span{flex-basis:0;min-width:3px}
.bar .device{background:var(--device)}.bar .kept{background:var(--kept)}.bar .cloud{background:var(--cloud)}.bar .warn{background:var(--warn)}
.parts ul{display:flex;flex-wrap:wrap;gap:4px 26px;margin-top:10px;list-style:none;font-size:.9375rem;font-variant-numeric:tabular-nums}
.parts li::before{content:"";display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:8px;background:currentColor}
.parts li.device::before{color:var(--device)}.parts li.kept::before{color:var(--kept)}.parts li.cloud::before{color:var(--cloud)}.parts li.warn::before{color:var(--warn)}
.parts b{font-weight:600}.parts small{color:var(--soft)}
.plot{margin:30px -16px 0;overflow-x:auto}
.plot svg{display:block;width:100%;min-width:620px;height:auto}
.table{margin-top:32px;overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9375rem;line-height:1.4;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:620;padding-bottom:8px}
th,td{padding:8px 12px;border-bottom:1px solid var(--line);vertical-align:top;text-align:left}
th:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}
thead th{color:var(--soft);font-weight:500;font-size:.8125rem;line-height:1.3;vertical-align:bottom;border-bottom-color:var(--soft)}
tbody th{font-weight:560;overflow-wrap:anywhere;min-width:8.5em;max-width:24em}
tbody tr:last-child>*{border-bottom:0}
.right{text-align:right}td.short{white-space:nowrap}
td.right{min-width:4.5em}td small{display:block;color:var(--soft);font-size:.8125rem;white-space:nowrap}
.narrow{max-width:620px}.dense :is(th,td):not(:first-child,:last-child){padding-inline:7px}.dense table{font-size:.875rem}.dense td small{font-size:.75rem}.dense tbody th{min-width:7em}
a.to{color:inherit;text-decoration:underline dotted var(--soft);text-decoration-thickness:1px;text-underline-offset:4px}
a.to:hover{text-decoration:underline solid var(--device)}
tr:target>*,.steps li:target{background:var(--device-wash)}
.steps{margin-top:30px}
.steps figcaption,.code figcaption{font-weight:620;padding-bottom:8px}
.steps ol{list-style:none;margin:0;padding:0;font-size:.9375rem;font-variant-numeric:tabular-nums}
.steps li{display:grid;grid-template-columns:3.5em 1fr;padding:8px 8px 8px 0;border-top:1px solid var(--line);scroll-margin-top:40vh}
.steps b{font-weight:560}.steps .value{float:right;margin-left:16px;font-weight:560}
.steps p,.steps small{color:var(--soft);overflow-wrap:anywhere}.steps small{font-size:.8125rem}.steps .mark{color:var(--soft);font-weight:400}.steps figcaption{display:grid;grid-template-columns:3.28em 1fr}.steps{scroll-margin-top:16px}
.bar .plain{background:var(--soft)}.parts li.plain::before{color:var(--soft)}
.code{margin-top:26px}
pre{margin:0;padding:16px 18px;border-radius:9px;background:var(--ground);overflow-x:auto;font:.875rem/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace}
.terms{display:grid;grid-template-columns:minmax(8.5em,auto) 1fr;gap:12px 28px;margin-top:20px;font-size:.9375rem}
.terms dt{font-weight:620}.terms dd{color:var(--soft);max-width:74ch}
@media(max-width:640px){.terms{grid-template-columns:1fr;gap:2px}.terms dd{margin-bottom:12px}}
@media print{:root{color-scheme:light}@page{margin:16mm 14mm}html{background:none;font-size:10.5pt}body{max-width:none;padding:0}
nav{display:none}section{border:0;border-radius:0;padding:0;margin-top:26px;background:none}
.figures>div,.plot,.parts,tr,.steps li,.terms dt,.terms dd{break-inside:avoid}h2,.lead,caption,thead{break-after:avoid}
a.to{text-decoration:none}a.to::after{content:" [" attr(data-mark) "]";color:var(--soft);font-size:.75em;font-weight:400}
td.short{white-space:normal}pre{border:1px solid var(--line);white-space:pre-wrap;overflow-wrap:anywhere}
.plot{margin-inline:0;overflow:visible}.table{overflow:visible}.plot svg{min-width:0}
.figures{grid-template-columns:repeat(auto-fit,minmax(100px,1fr));gap:18px 16px}.figures b{font-size:1.3rem}.bar,.text,.list,.plot,.parts li::before{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`
