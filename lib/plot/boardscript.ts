// Board script: what makes a board live in a page. Plain old JavaScript, since it runs in the reader's page, not here.
//
// Invariants:
//  I1. Nothing is loaded and nothing is kept outside the output: a second view, or a second run, is a board of its own.
//  I2. Every text goes into the page as text, never as markup.
//  I3. The picture is taken away only when the board stands in its place.
import type { Board } from "../explore/index.js";
import { BOARD_STYLE } from "./boardstyle.js";
import { scriptJson } from "./markup.js";
import { VERDICT_TITLES } from "./verdicts.js";

const FIND = `var me=document.currentScript,el=me&&me.previousElementSibling;
if(!el||!el.classList.contains("hb-board"))el=document.getElementById(ID);
if(!el||el.dataset.hbDone||!el.attachShadow)return;el.dataset.hbDone="1";`;

const GAME = `
var path=[],undone=[],isHelp=false;
function here(){return B.states[path.length?path[path.length-1].to:0]}
function token(c){return c===0?"T":c<0?"P"+(-1-c).toString(36):c.toString(36)}
function schedule(){var all=[],out=[];path.forEach(function(s,i){if(!(i===0&&B.isLateStart))all.push(s.id);
s.picks.forEach(function(o){all.push(-1-o)})});
for(var i=0;i<all.length;){var k=i+1;while(k<all.length&&all[k]===all[i])k++;
out.push(token(all[i])+(k-i>1?"X"+(k-i).toString(36):""));i=k}
return B.version+"."+(out.join("-")||"0")+"."+B.hash}
function take(i){var s=here().steps[i];if(!s||s.to<0)return false;
if(undone[undone.length-1]===s)undone.pop();else undone=[];path.push(s);return true}
function back(){if(!path.length)return false;undone.push(path.pop());return true}
function forward(){var s=undone[undone.length-1],i=s?here().steps.indexOf(s):-1;return i>=0&&take(i)}
function restart(){var any=false;while(back())any=true;return any}`;

const DRAW = `
var SAY={ready:"can go on",waits:"waits",ended:"has ended",failed:"failed"},
MARK={ready:"\\u25cf",waits:"\\u25cb",ended:"\\u25a0",failed:"\\u2716"};
function make(tag,cls,text){var n=document.createElement(tag);if(cls)n.className=cls;if(text!==undefined)n.textContent=text;
for(var i=3;i<arguments.length;i++)if(arguments[i])n.appendChild(arguments[i]);return n}
function button(cls,text,label,able,act){var b=make("button",cls,text);b.type="button";b.setAttribute("aria-label",label);
if(!able)b.setAttribute("aria-disabled","true");b.addEventListener("click",function(){if(able)act()});return b}
function bar(){var n=make("div","bar");n.setAttribute("role","toolbar");n.setAttribute("aria-label","Walk");
n.appendChild(button("tool","|\\u25c0 start","back to the start",path.length>0,function(){go(restart)}));
n.appendChild(button("tool","\\u25c0 back","one choice back",path.length>0,function(){go(back)}));
n.appendChild(button("tool","forward \\u25b6","forward again",undone.length>0,function(){go(forward)}));
n.appendChild(make("span","where",path.length?"after "+path.length+(path.length>1?" choices":" choice"):"at the start"));
var h=button("tool help","?","keys",true,function(){isHelp=!isHelp;draw()});h.setAttribute("aria-expanded",String(isHelp));n.appendChild(h);return n}
function step(s,i){var cut=s.to<0,b=button("step",undefined,"key "+(i+1)+": "+s.words+(cut?", the board ends here":""),!cut,function(){go(function(){return take(i)})});
b.appendChild(make("kbd","",String(i+1)));b.appendChild(make("span","",s.words+(cut?" (the board ends here)":"")));return b}
function lane(id,title,mark,state,op,at,steps){var n=make("li","go "+state);n.dataset.g=id;
var head=make("div","who",undefined,make("span","mark",mark),make("b","",title),make("span","state",SAY[state]||""));
head.firstChild.setAttribute("aria-hidden","true");n.appendChild(head);
if(!steps.length&&op)n.appendChild(make("div","op",op));
steps.forEach(function(p){n.appendChild(step(p[0],p[1]))});
if(at)n.appendChild(make("div","at",at));return n}
function goroutines(){var list=make("ul","lanes"),all=here().steps.map(function(s,i){return[s,i]});
list.setAttribute("aria-label","Goroutines");
here().g.forEach(function(at){var g=B.goroutines[at];list.appendChild(lane(g.id,"g"+g.id+" "+g.name,MARK[g.state],g.state,g.op,g.at,
all.filter(function(p){return p[0].id===g.id})))});
var t=all.filter(function(p){return p[0].id===0});
if(t.length)list.appendChild(lane(0,"timer","\\u25f7","ready","","",t));return list}
function chip(text,cls){return make("span","chip "+cls,text)}
function object(o){var n=make("li","thing "+o.kind),row=make("div","row",undefined,make("b","",o.name));
if(o.label!==o.name.replace(/#.*/,"")&&o.label!=="variable")row.appendChild(make("span","label",o.label));n.appendChild(row);
var value=make("div","value");
if(o.kind==="channel"){var slots=make("span","slots");slots.setAttribute("aria-label","buffer, "+o.text);
for(var i=0;i<Math.min(12,Math.max(o.capacity,o.items.length));i++){var full=i<o.items.length;
slots.appendChild(make("span","slot"+(full?" full":""),full?o.items[i]:""))}if(o.capacity)value.appendChild(slots)}
value.appendChild(make("span",o.kind==="variable"?"number":"",o.text));n.appendChild(value);
if(o.waiting){var w=make("div","line",undefined,make("span","label","in line: "));
o.waiting.forEach(function(x){w.appendChild(chip(x,"waits"))});n.appendChild(w)}return n}
function things(){var list=make("ul","things");list.setAttribute("aria-label","Shared by goroutines");
here().o.forEach(function(at){list.appendChild(object(B.objects[at]))});return list}
function story(){var ids=[],rows=[];here().g.forEach(function(at){ids.push(B.goroutines[at].id)});
path.forEach(function(s,i){s.log.forEach(function(at,k){rows.push([B.events[at],i,k===0])})});
if(!rows.length)return make("p","quiet","Choose who goes on. What happens stands here, a column for each goroutine.");
if(rows.some(function(r){return r[0].g===0}))ids.unshift(0);
var table=make("table","story"),head=make("tr");head.appendChild(make("th","",""));
ids.forEach(function(id){head.appendChild(make("th","",id?"g"+id:"timer"))});table.appendChild(make("thead","",undefined,head));
var body=make("tbody");rows.forEach(function(r){var tr=make("tr",r[2]?"first":"");tr.appendChild(make("td","nth",r[2]?String(r[1]+1):""));
ids.forEach(function(id){tr.appendChild(make("td",id===r[0].g?"did":"lane",id===r[0].g?r[0].text:"\\u00b7"))});body.appendChild(tr)});
table.appendChild(body);var box=make("div","scroll",undefined,table);box.tabIndex=0;box.setAttribute("aria-label","What happened");return box}
function ending(){var s=here(),box=make("div","ending");box.setAttribute("role","status");if(s.end===undefined)return box;
var e=B.endings[s.end],ok=e.verdict==="ok";box.className="ending "+(ok?"good":"bad");
box.appendChild(make("strong","verdict",(ok?"\\u2714 ":"\\u2716 You have produced it. ")+TITLES[e.verdict]));
if(e.lines.length)box.appendChild(make("pre","",e.lines.join("\\n")));return box}
function foot(){var n=make("div","foot"),s=schedule();
n.appendChild(make("div","quiet",undefined,make("span","","Schedule: "),make("code","schedule",s)));
if(here().end!==undefined)n.appendChild(make("div","quiet",undefined,make("span","","Replay: "),
make("code","replay",B.source?"npx hb replay "+B.source+" "+s:"await report(program, { schedule: "+JSON.stringify(s)+" })")));
if(!B.isWhole||!path.length)n.appendChild(make("div","quiet claim",B.claim));return n}
function help(){return make("p","keys","Keys: 1 to 9 choose \\u00b7 \\u2190 or u back \\u00b7 \\u2192 or r forward again \\u00b7 Home or s to the start \\u00b7 ? this line. A click, Tab and Enter do the same.")}
function draw(){var old=root.querySelector(".board"),had=shade.activeElement,key=had&&had.getAttribute("aria-label"),
n=make("div","board");n.tabIndex=-1;n.setAttribute("role","group");n.setAttribute("aria-label","Board: "+B.title);
n.appendChild(make("div","title",B.title));n.appendChild(bar());if(isHelp)n.appendChild(help());n.appendChild(ending());
n.appendChild(make("div","main",undefined,goroutines(),things()));n.appendChild(story());n.appendChild(foot());
if(old)old.replaceWith(n);else root.appendChild(n);
var box=n.querySelector(".scroll");if(box)box.scrollTop=box.scrollHeight;
if(!had)return;var same=[].slice.call(n.querySelectorAll("button")).filter(function(b){return b.getAttribute("aria-label")===key})[0];
(same||n).focus({preventScroll:true})}
function go(act){if(act())draw()}
function press(e){if(e.ctrlKey||e.metaKey||e.altKey)return;var k=e.key,act=null;
if(/^[1-9]$/.test(k))act=function(){return take(Number(k)-1)};
else if(k==="ArrowLeft"||k==="u"||k==="Backspace")act=back;else if(k==="ArrowRight"||k==="r")act=forward;
else if(k==="Home"||k==="s")act=restart;else if(k==="?"){isHelp=!isHelp;draw()}
else{if(k!=="Tab"&&k!=="Escape")e.stopPropagation();return}
e.preventDefault();e.stopPropagation();if(act)go(act)}
function look(){var m=(getComputedStyle(el).color.match(/[\\d.]+/g)||[0,0,0]).map(Number);
root.className=m[0]*.3+m[1]*.6+m[2]*.1>128?"dark":"light"}`;

const START = `
var host=make("div");host.setAttribute("data-lm-suppress-shortcuts","true");
var shade=host.attachShadow({mode:"open"}),sheet=make("style","",CSS),root=make("div");
shade.appendChild(sheet);shade.appendChild(root);host.addEventListener("keydown",press);
el.appendChild(host);draw();look();
var pic=el.querySelector(".hb-still");if(pic)pic.remove();
var eye=new MutationObserver(function(){if(!el.isConnected)return eye.disconnect();look();setTimeout(look,80);setTimeout(look,500)});
[document.documentElement,document.body].forEach(function(n){eye.observe(n,{attributes:true,attributeFilter:
["class","style","data-jp-theme-light","data-jp-theme-name","data-theme","data-vscode-theme-kind"]})});
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change",function(){setTimeout(look,30)});`;

/** Returns the script that turns the picture in `<div class="hb-board">` into a board to be played. */
export function boardScript(board: Board, id: string): string {
  const titles = Object.fromEntries(board.endings.map(({ verdict }) => [verdict, VERDICT_TITLES[verdict]]));
  const head = `var ID=${scriptJson(id)},B=${scriptJson(board)},TITLES=${scriptJson(titles)},CSS=${scriptJson(BOARD_STYLE)};`;
  return `<script>(function(){${head}\n${FIND}${GAME}${DRAW}${START}})()</script>`;
}
