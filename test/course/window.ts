// Window: what stands on a terminal of some size after a program has written to it. It knows the few sequences that the
// course uses, and throws on any other, so that nothing unseen slips in.

const ESCAPE = "\u001b";
const SEQUENCE = new RegExp(`^${ESCAPE}\\[([?0-9;]*)([A-Za-z])`);

export class Window {
  columns: number;
  rows: number;
  isCursorShown = true;
  /** Whether anything was written in colour. */
  hasColor = false;
  #lines: string[][] = [[]];
  #x = 0;
  #y = 0;
  #rest = "";

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** The text, as far as it was written since the window was cleared, with what has scrolled out at the top. */
  get text(): string {
    return this.#lines.map((line) => line.join("").trimEnd()).join("\n");
  }

  write(text: string): void {
    this.#rest += text;
    while (this.#rest !== "") {
      if (this.#rest.startsWith("\u001b")) {
        const match = SEQUENCE.exec(this.#rest);
        if (match === null) {
          if (this.#rest.length > 20)
            throw new Error(`an escape that is none: ${JSON.stringify(this.#rest)}`);
          return; // the rest comes with the next piece
        }
        this.#rest = this.#rest.slice(match[0].length);
        this.#sequence(match[1] ?? "", match[2] ?? "");
      } else {
        const [character = ""] = this.#rest;
        this.#rest = this.#rest.slice(character.length);
        this.#put(character);
      }
    }
  }

  #sequence(words: string, name: string): void {
    if (name === "m") this.hasColor = true;
    else if (name === "H" && words === "") [this.#x, this.#y] = [0, 0];
    else if (name === "J" && (words === "2" || words === "3")) this.#lines = [[]];
    else if (name === "K" && words === "") this.#line().splice(this.#x);
    else if (words === "?25" && name === "l") this.isCursorShown = false;
    else if (words === "?25" && name === "h") this.isCursorShown = true;
    else throw new Error(`unknown sequence ESC [ ${words} ${name}`);
  }

  #put(character: string): void {
    if (character === "\r") this.#x = 0;
    else if (character === "\n") this.#y += 1;
    else if (character < " ") throw new Error(`a control character: ${JSON.stringify(character)}`);
    else {
      if (this.#x >= this.columns) [this.#x, this.#y] = [0, this.#y + 1]; // the terminal wraps by itself
      const line = this.#line();
      while (line.length < this.#x) line.push(" ");
      line[this.#x] = character;
      this.#x += 1;
    }
  }

  #line(): string[] {
    while (this.#lines.length <= this.#y) this.#lines.push([]);
    return this.#lines[this.#y] as string[];
  }
}
