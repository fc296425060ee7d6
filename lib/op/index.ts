// The words of a goroutine program: what a body is, and what it may `yield*`.
export type { Body, Go, Op, Program, Step, Wait } from "./types.js";
