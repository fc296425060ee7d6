// Board style: the look of a board in a page, light and dark. It stands in a shadow root, so the page's styles stay out.
//
// Text reaches a contrast of 4.5 to its ground in both. What a colour says stands there as a sign and a word, too.
import { FONT, MONO } from "./frame.js";

const INKS = {
  light: {
    paper: "#ffffff",
    text: "#1f2328",
    quiet: "#57606a",
    edge: "#c4cad1",
    soft: "#f3f5f8",
    able: "#0072B2",
    waits: "#a34700",
    bad: "#b3202f",
    "bad-back": "#fff1f0",
    good: "#0a5a2c",
    "good-back": "#eefaf2",
  },
  dark: {
    paper: "#15181d",
    text: "#e6e8eb",
    quiet: "#a9b1ba",
    edge: "#3b424c",
    soft: "#1f242b",
    able: "#56B4E9",
    waits: "#E69F00",
    bad: "#ff8a80",
    "bad-back": "#2c1a1c",
    good: "#7ad694",
    "good-back": "#15261b",
  },
} as const;

const variables = (inks: Readonly<Record<string, string>>): string =>
  Object.entries(inks)
    .map(([name, color]) => `--${name}:${color}`)
    .join(";");

export const BOARD_STYLE = `
.light{${variables(INKS.light)}}.dark{${variables(INKS.dark)}}
*{box-sizing:border-box}
.board{font:14px/1.45 ${FONT};color:var(--text);background:var(--paper);border:1px solid var(--edge);border-radius:8px;padding:12px 14px;max-width:1000px}
.board:focus{outline:none}
button:focus-visible,.scroll:focus-visible,.board:focus-visible{outline:2px solid var(--able);outline-offset:1px}
.title{font-size:16px;font-weight:600;margin-bottom:8px}
.bar{display:flex;flex-wrap:wrap;gap:6px;align-items:center;margin-bottom:10px}
.where{color:var(--quiet);margin:0 auto 0 6px}
button{font:inherit;color:inherit;background:var(--soft);border:1px solid var(--edge);border-radius:6px;padding:3px 9px;cursor:pointer;text-align:left}
button:hover{border-color:var(--able)}
button[aria-disabled]{color:var(--quiet);cursor:default;border-style:dashed;background:none}
.main{display:grid;grid-template-columns:repeat(auto-fit,minmax(270px,1fr));gap:12px;align-items:start}
ul{list-style:none;margin:0;padding:0;display:flex;flex-direction:column;gap:7px}
li{border:1px solid var(--edge);border-left-width:5px;border-radius:6px;padding:6px 9px}
.go.ready{border-left-color:var(--able)}.go.waits{border-left-color:var(--waits);border-left-style:dashed}.go.failed{border-left-color:var(--bad)}
.go.ended{color:var(--quiet)}
.who{display:flex;gap:7px;align-items:baseline}.state{color:var(--quiet);margin-left:auto;font-size:12px}
.ready .mark{color:var(--able)}.waits .mark{color:var(--waits)}.failed .mark{color:var(--bad)}
.op,.step span,.value,.chip,.slot,code,pre,.story td{font-family:${MONO};font-size:12.5px}
.step{display:flex;gap:8px;align-items:baseline;width:100%;margin-top:5px}
.step:not([aria-disabled]){border-color:var(--able)}
kbd{font:600 12px ${MONO};border:1px solid var(--edge);border-radius:4px;padding:0 5px;background:var(--paper)}
.at{color:var(--quiet);font-size:12px;margin-top:3px;text-align:right}
.row{display:flex;gap:8px;align-items:baseline}.label{color:var(--quiet);font-size:12px}
.value{display:flex;flex-wrap:wrap;gap:8px;align-items:center}.number{font-size:16px;font-weight:600}
.slots{display:inline-flex;border:1px solid var(--quiet);border-left:0}
.slot{min-width:26px;min-height:22px;padding:1px 5px;border-left:1px solid var(--quiet);text-align:center}.slot.full{background:var(--soft);font-weight:600}
.line{display:flex;flex-wrap:wrap;gap:5px;align-items:baseline;margin-top:3px}
.chip{border:1px dashed var(--waits);border-radius:10px;padding:0 7px}
.ending:empty{display:none}
.ending{border:1px solid;border-left-width:5px;border-radius:6px;padding:7px 10px;margin-bottom:10px}
.bad{border-color:var(--bad);background:var(--bad-back)}.bad .verdict{color:var(--bad)}
.good{border-color:var(--good);background:var(--good-back)}.good .verdict{color:var(--good)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:5px 0 0}
.scroll{max-height:230px;overflow:auto;margin-top:12px;border:1px solid var(--edge);border-radius:6px}
.story{border-collapse:collapse;width:100%}
.story th{position:sticky;top:0;background:var(--soft);text-align:left;padding:3px 8px;font-weight:600}
.story td{padding:1px 8px;white-space:nowrap}.story .first td{border-top:1px solid var(--edge)}
.story .nth,.story .lane{color:var(--quiet)}
.quiet,.keys{color:var(--quiet);margin:6px 0 0;font-size:12.5px}.keys{margin:0 0 10px}
code{overflow-wrap:anywhere;color:var(--text)}
`;
