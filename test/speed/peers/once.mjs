// once 1.4.0.
import once from "once";

export default {
  "once.do.fast": (n) => {
    let count = 0;
    const f = once(() => {
      count++;
    });
    for (let i = 0; i < n; i++) f();
    return count;
  },
};
