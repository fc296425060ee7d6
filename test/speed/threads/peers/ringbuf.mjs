// ringbuf.js: one sender, one receiver, no waiting: who finds it full or empty looks again.
import { RingBuffer } from "ringbuf.js";
import { race, serve } from "./crew.mjs";

serve({
  ring: (id, batches, { buffer, size }) => {
    const ring = new RingBuffer(buffer, Int32Array);
    const batch = new Int32Array(size);
    let sum = 0;
    if (id === 0) {
      for (let b = 0; b < batches; b++) {
        for (let i = 0; i < size; i++) batch[i] = b * size + i;
        for (let sent = 0; sent < size; ) sent += ring.push(batch, size - sent, sent);
      }
    } else {
      for (let left = batches * size; left > 0; ) {
        const got = ring.pop(batch, Math.min(size, left));
        for (let i = 0; i < got; i++) sum += batch[i];
        left -= got;
      }
    }
    return sum;
  },
});

const through = (capacity, size, n) => {
  const shared = { buffer: RingBuffer.getStorageForCapacity(capacity, Int32Array), size };
  return race(import.meta.url, "ring", 2, n, () => ({ shared }));
};

export default {
  "spsc.int": (n) => through(128, 1, n),
  "spsc.batch64": (n) => through(1024, 64, n),
};
