// Starts the TypeScript kernel: `node lib/cli/kernel.mjs <connection file>`. Jupyter does it, from kernel.json.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [connectionFile] = process.argv.slice(2);
const built = new URL("../../.build/lib/notebook/kernel.js", import.meta.url);

if (connectionFile === undefined) {
  console.error(
    "usage: node lib/cli/kernel.mjs <connection file>   (Jupyter starts it; npm start starts Jupyter)",
  );
  process.exit(2);
}
if (!existsSync(fileURLToPath(built))) {
  console.error("kernel: .build/lib is missing; run `npm run build`, then restart the kernel");
  process.exit(1);
}
const [{ Kernel }, { readConnection }] = await Promise.all([
  import(built.href),
  import(new URL("sockets.js", built).href),
]);
try {
  const parentPid = Number(process.env.JPY_PARENT_PID);
  await Kernel.run({
    connection: readConnection(connectionFile),
    ...(parentPid > 1 ? { parentPid } : {}),
  });
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
