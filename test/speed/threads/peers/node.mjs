// Node's own means: postMessage between two workers.
import { race, serve } from "./crew.mjs";

/** Calls `take` with each of `n` messages. */
const receive = (port, n, take) =>
  new Promise((resolve) => {
    let got = 0;
    port.on("message", (value) => {
      take(value);
      if (++got < n) return;
      port.close();
      resolve();
    });
  });

serve({
  values: async (id, n, port) => {
    let sum = 0;
    if (id === 0) for (let i = 0; i < n; i++) port.postMessage({ id: i, name: "order", price: 3.5 });
    else {
      await receive(port, n, (order) => {
        sum += order.id;
      });
    }
    return sum;
  },
  pingPong: async (id, n, port) => {
    let sum = 0;
    let sent = 0;
    if (id === 0) port.postMessage(sent++);
    await receive(port, n, (value) => {
      if (id === 1) port.postMessage(value);
      else {
        sum += value;
        if (sent < n) port.postMessage(sent++);
      }
    });
    return sum;
  },
});

/** A channel, one end for each of two workers. */
function ends() {
  const { port1, port2 } = new MessageChannel();
  return (id) => {
    const port = id === 0 ? port1 : port2;
    return { shared: port, transfer: [port] };
  };
}

export default {
  "chan.values": (n) => race(import.meta.url, "values", 2, n, ends()),
  "pingpong.wake": (n) => race(import.meta.url, "pingPong", 2, n, ends()),
};
