// Following: a detector that keeps who is ordered after whom while it listens.

import { Detector, type G } from "../runtime/index.js";
import { Ordering } from "./ordering.js";

/** What is told of order goes to `ordering`; what an operation orders by its kind, a subclass passes on. */
export abstract class Following extends Detector {
  protected readonly ordering: Ordering;

  constructor(ordering: Ordering = new Ordering()) {
    super();
    this.ordering = ordering;
  }

  override spawned(g: G, by: G | null): void {
    this.ordering.spawned(g, by);
  }
  override exit(g: G): void {
    this.ordering.exit(g);
  }
  override acquire(g: G, sync: object): void {
    this.ordering.acquire(g, sync);
  }
  override release(g: G, sync: object): void {
    this.ordering.release(g, sync);
  }
  override handed(from: G | null, to: G): void {
    this.ordering.handed(from, to);
  }
  override met(a: G, b: G): void {
    this.ordering.met(a, b);
  }
  override sent(g: G, channel: object, capacityItems: number): void {
    this.ordering.sent(g, channel, capacityItems);
  }
  override received(g: G, channel: object, capacityItems: number): void {
    this.ordering.received(g, channel, capacityItems);
  }
}
