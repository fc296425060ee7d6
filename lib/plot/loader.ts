// Loader: the one inline script of an output. Where scripts run, it puts life into the picture; where they do not,
// the picture stays.
//
// Invariants:
//  I1. One script per output and no other: a second inline script would run before a loaded library (measured).
//  I2. It finds its own output from the script element, so a second view of the same output draws as well; the id is
//      only the fallback.
//  I3. Plotly is loaded at most once per page, from the notebook server's own files, never from a public network; a
//      page that inlined Plotly is used as it is. When loading fails the picture stays and a later output tries again.
//  I4. The picture is taken away only after Plotly has drawn.
//
// The text is plain old JavaScript: it runs in the reader's page, not here.
import { scriptJson } from "./markup.js";

/** Where the notebook server serves Plotly, from its base URL; the server's root is the project. */
export const PLOTLY_PATH = "files/node_modules/plotly.js-dist/plotly.js";

const FIND = `var me=document.currentScript,el=me&&me.previousElementSibling;
if(!el||!el.classList.contains(KIND))el=document.getElementById(ID);
if(!el||el.dataset.hbDone)return;el.dataset.hbDone="1";`;

// Colours come from the page around the output, so any theme is followed, and followed again when it changes.
const PLOT = `
function ink(alpha){var m=getComputedStyle(el).color.match(/[\\d.]+/g)||[128,128,128];
return "rgba("+m[0]+","+m[1]+","+m[2]+","+alpha+")"}
function look(){var f=ink(1),g=ink(.16),e=ink(.45),r={"font.color":f};
["xaxis","yaxis"].forEach(function(a){r[a+".gridcolor"]=g;r[a+".linecolor"]=e;r[a+".zerolinecolor"]=e});return r}
function draw(){var box=document.createElement("div"),img=el.querySelector("img"),now=look(),lay=fig.layout;
box.setAttribute("role","figure");box.setAttribute("aria-label",img?img.alt:"");box.style.width="100%";
lay.font.color=now["font.color"];["xaxis","yaxis"].forEach(function(a){lay[a].gridcolor=now[a+".gridcolor"];
lay[a].linecolor=now[a+".linecolor"];lay[a].zerolinecolor=now[a+".zerolinecolor"]});
fig.data.forEach(function(t){if(t.error_y)t.error_y.color=ink(1)});
if(img)img.style.display="none";el.appendChild(box);
function back(){box.remove();if(img)img.style.display=""}
try{Promise.resolve(Plotly.newPlot(box,fig.data,lay,fig.config)).then(function(){watch(box);zoom(box)},back)}catch(x){back()}}
function watch(box){var seen=getComputedStyle(el).color;
function again(){if(!box.isConnected)return stop();var c=getComputedStyle(el).color;
if(c!==seen){seen=c;Plotly.relayout(box,look());
fig.data.forEach(function(t,i){if(t.error_y)Plotly.restyle(box,{"error_y.color":ink(1)},[i])})}}
function later(){again();setTimeout(again,60);setTimeout(again,500)}
var eye=new MutationObserver(later),dark=window.matchMedia("(prefers-color-scheme: dark)");
function stop(){eye.disconnect();dark.removeEventListener("change",later)}
[document.documentElement,document.body].forEach(function(n){eye.observe(n,{attributes:true,attributeFilter:
["class","style","data-jp-theme-light","data-jp-theme-name","data-theme","data-vscode-theme-kind"]})});
dark.addEventListener("change",later)}
function zoom(box){box.on("plotly_relayout",function(){["xaxis","yaxis"].forEach(function(a){
var x=box._fullLayout[a],set=fig.layout[a].dtick;if(set!==1||x.type!=="log")return;
var narrow=Math.abs(x.range[1]-x.range[0])<1.2,want=narrow?null:1,u={};
if((box.layout[a].dtick||null)!==want){u[a+".dtick"]=want;Plotly.relayout(box,u)}})})}
function whenWide(){if(el.clientWidth>0)return draw();
var eye=new ResizeObserver(function(){if(el.clientWidth>0){eye.disconnect();draw()}});eye.observe(el)}
if(window.Plotly)return whenWide();
var c=document.getElementById("jupyter-config-data"),base="/";
try{if(c)base=JSON.parse(c.textContent).baseUrl||"/"}catch(x){}
if(!c&&!/^https?:$/.test(location.protocol))return;
if(!window.__hbPlotly)window.__hbPlotly=new Promise(function(ok,no){
var d=window.define,s=document.createElement("script");window.define=undefined;s.src=base+PATH;
s.onload=function(){window.define=d;window.Plotly?ok():no()};
s.onerror=function(){window.define=d;window.__hbPlotly=null;s.remove();no()};document.head.appendChild(s)});
window.__hbPlotly.then(whenWide,function(){})`;

/** Returns the script that turns the picture in `<div class="hb-plot">` into an interactive plot. */
export function plotLoader(id: string, form: object): string {
  const head = `var ID=${scriptJson(id)},KIND="hb-plot",PATH=${scriptJson(PLOTLY_PATH)},fig=${scriptJson(form)};`;
  return `<script>(function(){${head}\n${FIND}${PLOT}})()</script>`;
}

// An SVG inlined in the page follows the page's theme; as an image it cannot see it.
const INLINE = `
var img=el.querySelector("img");if(!img)return;
try{var raw=atob(img.src.split(",")[1]),bytes=new Uint8Array(raw.length);
for(var i=0;i<raw.length;i++)bytes[i]=raw.charCodeAt(i);
var doc=new DOMParser().parseFromString(new TextDecoder().decode(bytes),"image/svg+xml");
if(doc.querySelector("parsererror"))return;var svg=document.importNode(doc.documentElement,true);
svg.style.maxWidth="100%";svg.style.height="auto";img.replaceWith(svg)}catch(x){}`;

/** Returns the script that inlines the SVG in `<div class="hb-diagram">`, so that it follows the page's theme. */
export function diagramLoader(id: string): string {
  return `<script>(function(){var ID=${scriptJson(id)},KIND="hb-diagram";\n${FIND}${INLINE}})()</script>`;
}
