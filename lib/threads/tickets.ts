// Tickets: what a select sleeps on: one word that several channels may try to take, of which one succeeds.
//
//   WAITING --wakeTicket--> READY     something may have changed: look at the channels again
//   WAITING --claimTicket-> CLAIMED   a counterpart at an unbuffered channel has committed to case i
//   WAITING --withdraw----> READY     the waiter itself looks again, gives up, or has ended its wait
//
// Invariants:
//  I1. The word holds a generation, a phase and, claimed, the case. Every change away from WAITING is one compare-exchange from
//      the exact word (the *stamp*), so one party decides, and a stamp of an earlier wait changes nothing.
//  I2. A ticket belongs to the thread whose number stands beside it, until it is given back or that thread has ended.
//
// Source: Go's `g.selectDone` (runtime/select.go), which one compare-exchange also decides. Differs: it lies in memory of the
// process, because the parties share no channel but the one that they meet at.

import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import { hasEnded } from "./roster.js";
import { thisThread } from "./thread.js";
import { noteWaitsOn } from "./tracewriter.js";

/** Shared by all threads of the process, as the roster (roster.ts). */
const KEY = "happens-before.tickets";
const MOST = 16_384;
/** State and owner. */
const WORDS = 2;
const PHASE_BITS = 9;
const PHASES = (1 << PHASE_BITS) - 1;
const WAITING = 1;
const READY = 2;
const CLAIMED = 3;
/** Given back tickets that a thread keeps for its next wait. */
const MOST_KEPT = 8;

/** How many cases a select may have. */
export const MOST_CASES: number = PHASES - CLAIMED + 1;

/** The words that waiters sleep on. */
export const ticketWords: Int32Array = openTickets();
noteWaitsOn(ticketWords);
const kept: number[] = [];

function openTickets(): Int32Array {
  const known: unknown = getEnvironmentData(KEY);
  if (known instanceof SharedArrayBuffer) return new Int32Array(known);
  const buffer = new SharedArrayBuffer(MOST * WORDS * 4); // untouched pages of it cost nothing
  setEnvironmentData(KEY, buffer);
  return new Int32Array(buffer);
}

/** The word of a ticket. */
export function ticketWord(ticket: number): number {
  return ticket * WORDS;
}

/** Takes a ticket, a number from 1 on. @throws {RangeError} `select: expected at most 16383 waits at once in this process` */
export function takeTicket(): number {
  const last = kept.pop();
  if (last !== undefined) return last;
  for (let ticket = 1; ticket < MOST; ticket++) {
    const at = ticketWord(ticket) + 1;
    const owner = Atomics.load(ticketWords, at); // ORDER: none needed; the compare-exchange decides
    if (owner !== 0 && !hasEnded(owner - 1)) continue;
    // I2. ORDER: none needed; the word itself is changed before anybody learns of the ticket
    if (Atomics.compareExchange(ticketWords, at, owner, thisThread + 1) === owner) return ticket;
  }
  throw new RangeError(`select: expected at most ${MOST - 1} waits at once in this process`);
}

/** Gives a ticket back. No channel may have it noted any more. */
export function returnTicket(ticket: number): void {
  if (kept.length < MOST_KEPT) kept.push(ticket);
  else Atomics.store(ticketWords, ticketWord(ticket) + 1, 0); // ORDER: release; pairs with the load in takeTicket
}

/** Begins a wait; returns the stamp that wakers need. */
export function openTicket(ticket: number): number {
  const word = ticketWord(ticket);
  const generation = (Atomics.load(ticketWords, word) >>> PHASE_BITS) + 1; // ORDER: none needed; ours
  const stamp = (generation << PHASE_BITS) | WAITING;
  Atomics.store(ticketWords, word, stamp); // ORDER: before it is noted anywhere
  return stamp;
}

/** Ends a wait from the waiter's side; returns the case that a counterpart claimed, or -1. */
export function withdraw(ticket: number, stamp: number): number {
  const ready = (stamp & ~PHASES) | READY;
  // I1. ORDER: acquire; pairs with claimTicket
  const seen = Atomics.compareExchange(ticketWords, ticketWord(ticket), stamp, ready);
  return seen === stamp || seen === ready ? -1 : (seen & PHASES) - CLAIMED;
}

/** Wakes the waiter to look again; false when that wait is decided already. */
export function wakeTicket(ticket: number, stamp: number): boolean {
  const word = ticketWord(ticket);
  // I1. ORDER: release; pairs with the waiter's wake-up
  if (Atomics.compareExchange(ticketWords, word, stamp, (stamp & ~PHASES) | READY) !== stamp) return false;
  Atomics.notify(ticketWords, word);
  return true;
}

/** Commits the waiter to case `index`; false when that wait is decided already. Call `notifyTicket` when the value is there. */
export function claimTicket(ticket: number, stamp: number, index: number): boolean {
  const claimed = (stamp & ~PHASES) | (CLAIMED + index);
  // I1. ORDER: acquire and release; pairs with withdraw
  return Atomics.compareExchange(ticketWords, ticketWord(ticket), stamp, claimed) === stamp;
}

/** Wakes the waiter after `claimTicket`. */
export function notifyTicket(ticket: number): void {
  Atomics.notify(ticketWords, ticketWord(ticket));
}

/** True while nobody has decided the wait and its thread lives. */
export function isTicketWaiting(ticket: number, stamp: number): boolean {
  // ORDER: a hint; claimTicket decides
  return Atomics.load(ticketWords, ticketWord(ticket)) === stamp && !isTicketDead(ticket);
}

/** True when the thread that took the ticket has ended. */
export function isTicketDead(ticket: number): boolean {
  return hasEnded(Atomics.load(ticketWords, ticketWord(ticket) + 1) - 1); // ORDER: acquire; pairs with takeTicket
}
