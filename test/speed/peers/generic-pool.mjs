// generic-pool 3.9.0.
import genericPool from "generic-pool";

export default {
  "pool.getput": async (n) => {
    const factory = { create: async () => ({ used: 0 }), destroy: async () => {} };
    const pool = genericPool.createPool(factory, { max: 10 });
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const buffer = await pool.acquire();
      buffer.used = 1;
      sum += buffer.used;
      pool.release(buffer);
    }
    return sum;
  },
};
