// The check of 02-memory-model-and-data-races/chain: each link by itself, then the whole day.
import { Cell, type Exploration, type Program } from "happens-before";
import { exercise, type Hints } from "happens-before/check";
import { type Day, dayWith, oneStock, type Seen, type Stocks, type Submission } from "./chain-programs.js";

/** Two shops, who must read 99. */
function twoShops(x: Submission, stocks: () => Stocks): Program<Day, Seen> {
  return {
    ...dayWith(x, 2, stocks),
    after(_day, { read }) {
      const wrong = read.find((pieces) => pieces !== 99);
      if (wrong !== undefined) throw new Error(`the warehouse had counted 99, and a shop read ${wrong}`);
    },
  };
}

/** The evening writes elsewhere, so that only the way from the morning to the shops counts. */
const fromMorning = (x: Submission) =>
  twoShops(x, () => {
    const stock = new Cell(100, "stock");
    return { morning: stock, shops: stock, evening: new Cell(99, "another stock") };
  });

/** The morning writes elsewhere, so that only the way from the shops to the evening counts. */
const toEvening = (x: Submission) =>
  twoShops(x, () => {
    const stock = new Cell(99, "stock");
    return { morning: new Cell(100, "another stock"), shops: stock, evening: stock };
  });

function wholeDay(x: Submission): Program<Day, Seen> {
  const program = twoShops(x, oneStock);
  return {
    ...program,
    after(day, seen) {
      program.after?.(day, seen);
      if (seen.left !== 0) throw new Error(`after the evening the stock should be 0, and it is ${seen.left}`);
    },
  };
}

/** Says what is wrong in one sentence; `race` when two accesses are not ordered. */
function judged(race: string): (seen: Exploration<unknown>) => string | undefined {
  return ({ verdict, failure }) => {
    switch (verdict) {
      case "ok":
        return undefined;
      case "race":
        return race;
      case "global-deadlock":
      case "partial-deadlock":
        return "somebody waits for ever";
      case "leak":
        return "a goroutine is left behind that waits for ever";
      case "livelock":
      case "out-of-steps":
        return "somebody goes round a loop for ever, asking whether it may go on";
      default:
        return failure?.error?.message.split("\n")[0] ?? verdict;
    }
  };
}

const SPINS: [string, string, string] = [
  "Which loop is it, and who would have to run so that it ends?",
  "A loop that asks again and again burns its processor, and a scheduler may never let the other one run. Waiting is better than asking.",
  "Wait by a receive: `yield* this.#counted.recv();` returns when the channel has been closed.",
];

/** What can happen to each link. */
const COMMON: Hints = {
  "global-deadlock": [
    "The last rows say who waits, and for what. Who was to end that wait, and did it already, or for somebody else?",
    "A value that is sent wakes one receiver. A `close` releases everybody, also those who come later.",
    "`morning` closes `#counted`. Each shop sends once to a channel with room for all shops, and `evening` receives as many times as there are shops.",
  ],
  leak: [
    "A goroutine that your code started still waits at the end of the day. For what?",
    "Whoever starts a goroutine says how it ends. Here nobody has to be started.",
    "Wait where the waiting is due: in `shop` before the read, in `evening` before the write.",
  ],
  livelock: SPINS,
  "out-of-steps": SPINS,
  panic: [
    "Something was thrown; the line is named above.",
    "A channel can be closed once only, and nobody may send on it afterwards. Who closes here, and how often?",
    "Let one goroutine close. Where several have something to say, each sends, or counts a WaitGroup down.",
  ],
  "wrong-result": [
    "No race, and the wrong number: the two accesses are ordered, but in either order. Who made sure which comes first?",
    "A lock keeps two apart; it does not say who goes first. Waiting for something that the other one does afterwards says so.",
    "In `shop`, first `yield* this.#counted.recv();`, and only then read.",
  ],
  diverged: [
    "Two runs of the same schedule differ: something of the first is still there in the second.",
    "Every schedule begins with a new Day. What does your code change that lies outside of it?",
    "Keep all that changes in private fields of the class; a variable of the module lives on into the next schedule.",
  ],
};

export default exercise<Submission>({
  id: "02-memory-model-and-data-races/chain",
  hiddenPoints: 1,
  properties: [
    {
      name: "every shop reads after the warehouse has written, and an edge says so",
      points: 2,
      lab: fromMorning,
      schedules: 400,
      expect: judged("a shop reads the stock, and nothing orders it after the write of the morning"),
      hints: {
        ...COMMON,
        race: [
          "Name the chain: write, then …, then …, then read. Between which two is there nothing?",
          "Two links are cut here. An edge leads from a close to a receive that it releases: what must stand before the close, and what after the receive?",
          "`morning`: write, then close. `shop`: `yield* this.#counted.recv();`, then read.",
        ],
      },
      go: "stock = 99; close(counted) // morning\n<-counted; read(stock) // shop",
    },
    {
      name: "the evening writes after every shop has read, and an edge says so",
      points: 2,
      lab: toEvening,
      schedules: 400,
      expect: judged("the evening writes the stock, and nothing orders it after the read of every shop"),
      hints: {
        ...COMMON,
        race: [
          "A read that comes too late is as bad as a write that comes too early: this edge leads from the shops to the evening.",
          "Each shop has to say that it has read, after it has; and the evening has to hear it from all of them, before it writes.",
          "A channel `new Chan<true>(shops)`: each shop sends after its read, the evening receives `this.shops` times. Or a WaitGroup: `add(shops)` when the day begins, `done()` after each read, `wait()` in the evening.",
        ],
      },
      go: "wg.Done() // each shop, after its read\nwg.Wait(); stock = 0 // evening",
    },
    {
      name: "the whole day runs through, whatever comes first, and ends with 0",
      points: 1,
      lab: wholeDay,
      schedules: 400,
      expect: judged("two parts of the day use the stock, and nothing orders them"),
      hints: {
        ...COMMON,
        race: [
          "The report names both accesses and who made them. Which link of the chain should lie between them?",
          "The chain is: the write of the morning, close, receive, the reads, something from each shop to the evening, the write of the evening.",
          "When the two properties above hold, this one does, too: begin with the first that fails.",
        ],
      },
    },
  ],
});
