// WaitWatcher: a detector that knows who waits for what. Those of one run share what they have heard: the first listens.

import { Detector, type DetectorOptions, type G, type Operable, type OpKind } from "../runtime/index.js";
import { Waits } from "./deadlockwaits.js";

/** By the options that all detectors of a run are made with. */
const shared = new WeakMap<DetectorOptions, Waits>();

export abstract class WaitWatcher extends Detector {
  protected readonly waits: Waits;
  override readonly isDeaf: boolean;

  constructor(options: DetectorOptions) {
    super();
    const known = shared.get(options);
    this.isDeaf = known !== undefined;
    this.waits = known ?? new Waits(options.withStacks);
    if (known === undefined) shared.set(options, this.waits);
  }

  override spawned(g: G, by: G | null): void {
    this.waits.spawned(g, by);
  }
  override site(g: G): void {
    this.waits.site(g);
  }
  override done(g: G, kind: OpKind, object: Operable, arg: unknown, value: unknown): void {
    this.waits.done(g, kind, object, arg, value);
  }
  override called(g: G, kind: OpKind, object: Operable, value: unknown): void {
    this.waits.called(g, kind, object, value);
  }
  override park(g: G, arg: unknown): void {
    this.waits.park(g, arg);
  }
  override wake(g: G): void {
    this.waits.wake(g);
  }
  override handed(): void {
    this.waits.handed();
  }
  override exit(g: G): void {
    this.waits.exit(g);
  }
}
